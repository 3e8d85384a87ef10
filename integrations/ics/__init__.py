"""Calendar files and feeds: a file, a folder of files, an http(s) or webcal address. Read only."""
