"""`afterview run`: the passes, in the background and by themselves. One process, one thread, one scheduler."""
