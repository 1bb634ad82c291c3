/* A stand-in for rstrtmgr.dll and the functions of kernel32.dll beside it: it keeps what it is given and gives it back, so that the
 * way arguments and structures travel can be checked on any system. It knows two applications, of which one appears late. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { uint32_t pid; uint32_t start_low, start_high; } unique_process;
typedef struct {
    unique_process process;
    uint16_t name[256], service[64];
    int32_t type;
    uint32_t status, session;
    int32_t restartable;
} process_info;

static uint32_t files, processes, services, first_pid, last_shutdown_flags, filters, status = 1, is_late;
static uint16_t first_file[64], last_service[64], joined_key[33];
static volatile int cancelled;

static void copy(uint16_t *to, const uint16_t *from, int limit)
{
    int index = 0;
    for (; from[index] && index < limit - 1; index++) to[index] = from[index];
    to[index] = 0;
}

uint32_t RmStartSession(uint32_t *handle, uint32_t flags, uint16_t *key)
{
    if (flags) return 160;
    *handle = 7;
    for (int index = 0; index < 32; index++) key[index] = "0123456789abcdef"[index % 16];
    key[32] = 0;
    return 0;
}

uint32_t RmJoinSession(uint32_t *handle, const uint16_t *key)
{
    copy(joined_key, key, 33);
    if (key[0] != '0') return 1219;
    *handle = 8;
    return 0;
}

uint32_t RmEndSession(uint32_t handle) { return handle == 7 || handle == 8 ? 0 : 6; }

uint32_t RmRegisterResources(uint32_t handle, uint32_t file_count, const uint16_t **names, uint32_t process_count, const unique_process *list,
                             uint32_t service_count, const uint16_t **service_names)
{
    if (handle != 7 && handle != 8) return 6;
    if ((file_count && !names) || (process_count && !list) || (service_count && !service_names)) return 160;
    if (file_count) copy(first_file, names[0], 64);
    if (process_count) first_pid = list[process_count - 1].pid + list[process_count - 1].start_low;
    if (service_count) copy(last_service, service_names[service_count - 1], 64);
    files += file_count;
    processes += process_count;
    services += service_count;
    return 0;
}

uint32_t RmGetList(uint32_t handle, uint32_t *needed, uint32_t *count, process_info *infos, uint32_t *reasons)
{
    uint32_t room = *count;
    if (handle != 7) return 1219;
    *needed = is_late ? 2 : 1;
    is_late = 1;
    *reasons = 0x11;
    if (room < *needed) return 234;
    *count = 2;
    memset(infos, 0, 2 * sizeof *infos);
    infos[0].process.pid = first_pid;
    infos[0].process.start_high = 1;
    copy(infos[0].name, first_file, 256);
    infos[0].type = 5;
    infos[0].status = status;
    infos[0].session = 3;
    infos[0].restartable = 1;
    infos[1].process.pid = files * 10000 + processes * 100 + services;
    copy(infos[1].service, last_service, 64);
    infos[1].type = 1000;
    infos[1].status = 0x41;
    infos[1].session = (uint32_t)-1;
    return 0;
}

uint32_t RmShutdown(uint32_t handle, uint32_t flags, void (*progress)(uint32_t))
{
    if (handle != 7) return 6;
    last_shutdown_flags = flags;
    if (progress) for (uint32_t percent = 50; percent <= 100; percent += 50) progress(percent);
    status = flags == 0x11 ? 0x2 : 0x11;
    return flags == 0x11 ? 0 : 351;
}

uint32_t RmRestart(uint32_t handle, uint32_t flags, void (*progress)(uint32_t))
{
    if (handle != 7 || flags) return 6;
    if (progress) progress(100);
    status = 0xa;
    return 0;
}

uint32_t RmCancelCurrentTask(uint32_t handle) { cancelled = 1; return handle == 7 ? 0 : 6; }

uint32_t RmAddFilter(uint32_t handle, const uint16_t *file, const unique_process *process, const uint16_t *service, int32_t action)
{
    if ((file != 0) + (process != 0) + (service != 0) != 1) return 160;
    filters++;
    return action == 1 || action == 2 ? 0 : 160;
}

uint32_t RmRemoveFilter(uint32_t handle, const uint16_t *file, const unique_process *process, const uint16_t *service)
{
    return filters-- > 0 ? 0 : 2;
}

uintptr_t OpenProcess(uint32_t access, int32_t inherit, uint32_t pid) { return access == 0x1000 && !inherit && pid < 1000 ? pid : 0; }
int32_t GetProcessTimes(uintptr_t process, uint64_t *created, uint64_t *exited, uint64_t *kernel, uint64_t *user)
{
    *created = process + ((uint64_t)1 << 40);
    return 1;
}
int32_t CloseHandle(uintptr_t handle) { return 1; }
int32_t RegisterApplicationRestart(const uint16_t *line, uint32_t flags) { return line[0] == '"' && line[1] == 'a' && flags == 12 ? 0 : 87; }
int32_t UnregisterApplicationRestart(void) { return 0; }
