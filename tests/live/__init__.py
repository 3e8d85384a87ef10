"""What only a real account at Google can show. Off unless somebody asks for it: see README.md beside this file."""
