# Holds a file; on Ctrl-C it writes its state to $2 and ends by itself.
exec 3<"$1"
trap 'echo "saved by $$" > "$2"; exit 0' INT
exec 8<> <(:); wait $!
echo ready
while :; do read -r -u 8; done
