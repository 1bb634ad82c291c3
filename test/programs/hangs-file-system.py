# Mounts a FUSE file system on $1 that serves one file, `file`, opens it, and never answers anything afterwards.
import ctypes, os, struct, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
device = os.open('/dev/fuse', os.O_RDWR)
options = ('fd=%d,rootmode=40000,user_id=0,group_id=0' % device).encode()
if libc.mount(b'hangs', sys.argv[1].encode(), b'fuse.hangs', 0, options) != 0:
    sys.exit('cannot mount: ' + os.strerror(ctypes.get_errno()))
def attributes(node):
    return struct.pack('<6Q10I', node, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755 if node == 1 else 0o100644, 1, 0, 0, 0, 4096, 0)
def serve():
    opened = 0
    while opened < 2:
        request = os.read(device, 1 << 17)
        error = 0
        length, opcode, unique, node = struct.unpack_from('<IIQQ', request)
        if opcode == 26: body = struct.pack('<IIIIHHI', 7, 31, 0, 0, 0, 0, 65536) + bytes(64 - 24)
        elif opcode == 1: body = struct.pack('<QQQQII', 2, 0, 0, 0, 0, 0) + attributes(2)
        elif opcode == 3: body = struct.pack('<QII', 0, 0, 0) + attributes(node)
        elif opcode == 14: body, opened = struct.pack('<QII', 1, 0, 0), opened + 1
        # Said once, it is never asked again: closing would otherwise wait for an answer, also when this is killed.
        elif opcode == 25: body, error = b'', -38
        else: continue
        os.write(device, struct.pack('<IiQ', 16 + len(body), error, unique) + body)
threading.Thread(target=serve, daemon=True).start()
os.close(os.open(sys.argv[1] + '/file', os.O_RDONLY))
kept = os.open(sys.argv[1] + '/file', os.O_RDONLY)
print('ready', flush=True)
time.sleep(600)
