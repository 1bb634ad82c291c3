/* Walks /proc and looks at every executable, open file and mapping, without comparing them with anything: the lower bound of
 * what a scan costs. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char buffer[1 << 16];

int main(void)
{
    char path[300];
    struct stat found;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(processes));) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
        if (stat(path, &found) != 0) continue;
        snprintf(path, sizeof path, "/proc/%s/fd", entry->d_name);
        DIR *folder = opendir(path);
        if (folder) {
            for (struct dirent *one; (one = readdir(folder));)
                if (one->d_name[0] != '.') fstatat(dirfd(folder), one->d_name, &found, 0);
            closedir(folder);
        }
        snprintf(path, sizeof path, "/proc/%s/maps", entry->d_name);
        int maps = open(path, O_RDONLY);
        if (maps < 0) continue;
        while (read(maps, buffer, sizeof buffer) > 0);
        close(maps);
    }
    closedir(processes);
    return 0;
}
