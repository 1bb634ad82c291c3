# Holds a file and ignores every signal that asks a program to end.
trap '' INT TERM HUP
exec 3<"$1"
echo ready
exec sleep 600
