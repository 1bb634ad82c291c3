# Holds a file; on Ctrl-C it writes its state to $2 and ends by itself.
exec 3<"$1"
trap 'echo "saved by $$" > "$2"; kill $!; exit 0' INT
echo ready
sleep 600 3<&- &
wait
