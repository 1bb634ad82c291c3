# Maps a shared library, given by its path, without holding it open.
LD_PRELOAD="$1" exec sh -c 'echo ready; exec sleep 600'
