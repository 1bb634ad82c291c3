# Holds a file, and takes its time ($2, in seconds) to end. That it was told to can be seen by the file $3, if given.
exec 3<"$1"
trap ': > "${3:-/dev/null}"; sleep "$2" 3<&-; exit 0' INT TERM
# Waits in itself: what it would start to wait in would hold the file for a moment too.
exec 8<> <(:); wait $!
echo ready
# A signal that comes just before the read is heeded just after it: it may not wait for ever.
while :; do read -r -t 0.1 -u 8; done
