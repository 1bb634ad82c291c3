# Holds a file, and takes its time ($2, in seconds) to end.
exec 3<"$1"
trap 'kill $!; sleep "$2" 3<&-; exit 0' INT TERM
echo ready
sleep 600 3<&- &
wait
