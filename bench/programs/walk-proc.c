/* Prints the processes that have a file open or mapped: what any program has to do at least, in C, for comparison. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int holds_open(const char *pid, const struct stat *wanted)
{
    char path[300];
    struct stat found;
    int holds = 0;
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *folder = opendir(path);
    if (!folder) return 0;
    for (struct dirent *entry; !holds && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%s/fd/%s", pid, entry->d_name);
        holds = stat(path, &found) == 0 && found.st_dev == wanted->st_dev && found.st_ino == wanted->st_ino;
    }
    closedir(folder);
    return holds;
}

static int holds_mapped(const char *pid, const struct stat *wanted)
{
    char path[300], line[4096];
    int holds = 0;
    snprintf(path, sizeof path, "/proc/%s/maps", pid);
    FILE *maps = fopen(path, "r");
    if (!maps) return 0;
    while (!holds && fgets(line, sizeof line, maps)) {
        unsigned major_number, minor_number;
        unsigned long inode;
        if (sscanf(line, "%*s %*s %*s %x:%x %lu", &major_number, &minor_number, &inode) == 3)
            holds = inode == wanted->st_ino && makedev(major_number, minor_number) == wanted->st_dev;
    }
    fclose(maps);
    return holds;
}

int main(int count, char **arguments)
{
    struct stat wanted;
    if (count != 2 || stat(arguments[1], &wanted) != 0) return 2;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(processes));) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        if (holds_open(entry->d_name, &wanted) || holds_mapped(entry->d_name, &wanted)) puts(entry->d_name);
    }
    closedir(processes);
    return 0;
}
