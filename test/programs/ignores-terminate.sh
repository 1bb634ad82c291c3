# Holds a file and does nothing about the signals it is sent.
trap : INT TERM HUP
exec 3<"$1"
exec 8<> <(:); wait $!
echo ready
while :; do read -r -u 8; done
