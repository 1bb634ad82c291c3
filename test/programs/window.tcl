# A window with the title $argv0 that closes when asked; with `dialog` it shows a question instead, with `tray` it hides and goes on.
wm title . [lindex $argv 0]
set file [open [lindex $argv 1]]
if {[lindex $argv 2] eq "dialog"} { wm protocol . WM_DELETE_WINDOW { wm title . "Save your work?" } }
if {[lindex $argv 2] eq "tray"} { wm protocol . WM_DELETE_WINDOW { wm withdraw . } }
update
puts ready
flush stdout
