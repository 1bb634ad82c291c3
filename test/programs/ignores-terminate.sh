# Holds a file and does nothing about the signals it is sent.
trap : INT TERM HUP
exec 3<"$1"
echo ready
while :; do sleep 600 3<&- & wait; done
