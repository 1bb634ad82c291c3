# Holds the files it is given open, until it is ended by any signal.
fd=10
for file in "$@"; do eval "exec $fd<\"\$file\""; fd=$((fd + 1)); done
# Waits in itself: a program to sleep in would be what holds the file.
exec 8<> <(:); wait $!
echo ready
read -r -u 8
