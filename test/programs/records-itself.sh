# Holds a file and writes how it was started to $2: arguments, folder, user and display.
exec 3<"$1"
{ printf '%s\n' "$@"; pwd; id -u; echo "$DISPLAY"; } > "$2.part" && mv "$2.part" "$2"
# Waits in itself: a program to sleep in would be what holds the file.
exec 8<> <(:); wait $!
echo ready
read -r -u 8
