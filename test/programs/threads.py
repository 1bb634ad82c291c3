# Threads that lsof and fuser do not see. `leader FILE`: the first thread has ended, another holds the file.
# `table FILE`: a thread with a descriptor table of its own holds it.
import ctypes, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
ready = threading.Event()
def hold():
    if sys.argv[1] == 'table':
        libc.unshare(0x400)
        global kept
        kept = open(sys.argv[2])
    ready.set()
    time.sleep(600)
if sys.argv[1] == 'leader':
    kept = open(sys.argv[2])
threading.Thread(target=hold).start()
ready.wait()
print('ready', flush=True)
if sys.argv[1] == 'leader':
    libc.syscall(60 if sys.maxsize > 2**32 and __import__('platform').machine() == 'x86_64' else 93, 0)
time.sleep(600)
