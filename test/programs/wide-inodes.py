# Mounts a FUSE file system on $1 that serves two files, `even` and `odd`, whose inodes are one number once they are rounded to a
# double: 2^53 and 2^53 + 1. Holds `even` open.
import ctypes, os, struct, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
device = os.open('/dev/fuse', os.O_RDWR)
options = ('fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other' % device).encode()
if libc.mount(b'wide', sys.argv[1].encode(), b'fuse.wide', 0, options) != 0:
    sys.exit('cannot mount: ' + os.strerror(ctypes.get_errno()))
nodes = {b'even': 2, b'odd': 3}
def attributes(node):
    inode = 1 if node == 1 else (1 << 53) + node - 2
    return struct.pack('<6Q10I', inode, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755 if node == 1 else 0o100644, 1, 0, 0, 0, 4096, 0)
def serve():
    while True:
        request = os.read(device, 1 << 17)
        error, body = 0, b''
        length, opcode, unique, node = struct.unpack_from('<IIQQ', request)
        name = request[40:length].rstrip(b'\0')
        if opcode == 26: body = struct.pack('<IIIIHHI', 7, 31, 0, 0, 0, 0, 65536) + bytes(64 - 24)
        elif opcode == 1 and name in nodes: body = struct.pack('<QQQQII', nodes[name], 0, 0, 0, 0, 0) + attributes(nodes[name])
        elif opcode == 1: error = -2
        elif opcode == 3: body = struct.pack('<QII', 0, 0, 0) + attributes(node)
        elif opcode == 14: body = struct.pack('<QII', 1, 0, 0)
        elif opcode in (2, 36, 42): continue
        elif opcode != 18: error = -38
        os.write(device, struct.pack('<IiQ', 16 + len(body), error, unique) + body)
threading.Thread(target=serve, daemon=True).start()
# Closed once, so that the kernel learns that closing is not to be asked about: when this is killed nobody would answer.
os.close(os.open(sys.argv[1] + '/even', os.O_RDONLY))
kept = os.open(sys.argv[1] + '/even', os.O_RDONLY)
print('ready', flush=True)
time.sleep(600)
