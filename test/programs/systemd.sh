# systemd as the first process of namespaces of its own, with the units of FOLDER/units and no others: nothing of the machine's
# own system is started, and its kernel settings and control groups are out of reach. Ends with the process that started it.
# Arguments: FOLDER GROUP, the control group (version 2) that the caller has put this process into.
if [ "$1" != inside ]; then
  echo $BASHPID > "$2/cgroup.procs" || exit 1
  exec unshare --pid --mount --uts --ipc --cgroup --fork --mount-proc --kill-child bash "$0" inside "$1"
fi
set -e
mount -t tmpfs none /run
mount -t tmpfs none /var/log
mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys
mount -t tmpfs none /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mkdir /run/lock
echo ready
exec env -i container=other PATH="$PATH" SYSTEMD_UNIT_PATH="$2/units" /lib/systemd/systemd \
  --system --unit=test.target --log-target=console --log-level=warning --show-status=no
