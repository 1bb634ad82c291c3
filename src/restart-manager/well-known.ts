// Programs and services that must not be closed under a running system or login, and the desktops' shells.
// Names as the system reports them: at most 15 bytes for a program (TASK_COMM_LEN), without instance for a service.

export const criticalPrograms: ReadonlySet<string> = new Set([
  'systemd', 'init', 'systemd-journal', 'systemd-logind', 'systemd-udevd', 'systemd-network', 'systemd-resolve',
  'systemd-machine', 'systemd-userdbd', 'dbus-daemon', 'dbus-broker', 'dbus-broker-lau', 'polkitd', 'udevd', 'elogind',
  'agetty', 'getty', 'login', 'sshd', 'gdm', 'gdm3', 'sddm', 'lightdm', 'lxdm', 'xdm', 'Xorg', 'Xwayland', 'Xvfb',
  'kwin_wayland', 'kwin_x11', 'mutter', 'sway', 'weston', 'Hyprland', 'gnome-session-b', 'ksmserver', 'xfce4-session',
  'containerd', 'containerd-shim', 'dockerd', 'podman', 'conmon', 'crun', 'runc', 'lxc-start', 'lxcfs', 'libvirtd',
  'virtqemud', 'NetworkManager', 'wpa_supplicant', 'dhclient', 'dhcpcd', 'connmand', 'iwd', 'multipathd', 'iscsid',
])

/** Beyond the programs of those names; `@` ends the name of a template. */
export const criticalServices: ReadonlySet<string> = new Set([
  'systemd-journald', 'systemd-logind', 'systemd-udevd', 'systemd-networkd', 'systemd-resolved', 'systemd-machined',
  'systemd-userdbd', 'systemd-timesyncd', 'dbus', 'dbus-daemon', 'dbus-broker', 'polkit', 'elogind',
  'gdm', 'gdm3', 'sddm', 'lightdm', 'lxdm', 'xdm', 'display-manager', 'getty@', 'serial-getty@', 'console-getty', 'user@',
  'user-runtime-dir@', 'ssh', 'sshd', 'containerd', 'docker', 'podman', 'crio', 'lxc', 'lxc@', 'lxcfs', 'lxd', 'incus',
  'libvirtd', 'virtqemud', 'virtlogd', 'NetworkManager', 'networking', 'network', 'wpa_supplicant', 'dhcpcd', 'connman', 'iwd',
  'multipathd', 'iscsid', 'open-iscsi', 'rpcbind', 'plymouth-start', 'emergency', 'rescue',
])

export const desktopShells: ReadonlySet<string> = new Set([
  'gnome-shell', 'plasmashell', 'xfdesktop', 'xfce4-panel', 'cinnamon', 'mate-panel', 'lxpanel', 'lxqt-panel', 'budgie-panel',
])
