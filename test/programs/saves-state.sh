# Holds a file; on Ctrl-C it writes its state to $2 and ends by itself.
exec 3<"$1"
trap 'echo "saved by $$" > "$2"; exit 0' INT
exec 8<> <(:); wait $!
echo ready
# A signal that comes just before the read is heeded just after it: it may not wait for ever.
while :; do read -r -t 0.1 -u 8; done
