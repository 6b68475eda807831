/* replay.c - runs a fuzz target over a corpus, without a fuzzer.
 *
 *      fuzz-NAME FOLDER|FILE ...        default: $srcdir/tests/fuzz/NAME
 *
 * Every file is fed as it is, cut off at every byte (of large ones at some), and with
 * bytes changed by a small generator with a fixed seed, so that a failure can be seen
 * again.  Each input lies in a block of its own size, so that a sanitizer sees one byte
 * too many. */
#include "build.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

/* What is slow is fed less of: see local.mk. */
#ifndef FUZZ_MUTANTS
#define FUZZ_MUTANTS 4000
#endif
enum { MUTANTS = FUZZ_MUTANTS, CUTS = FUZZ_MUTANTS < 300 ? FUZZ_MUTANTS : 300, FILE_MOST = 1 << 20 };

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint32_t
dice(void)
{
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return (uint32_t)(seed >> 32);
}

static void
feed(const uint8_t *bytes, size_t size)
{
        uint8_t *copy = malloc(size > 0 ? size : 1);

        FUZZ_CHECK(copy != NULL);
        memcpy(copy, bytes, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
}

/* Changes, removes or doubles a few bytes. */
static size_t
mutate(uint8_t *bytes, size_t size, size_t room)
{
        static const uint8_t spice[] = "\"\\{}[],:0-.eEtfn \0\xff\xc3\xed\x7f\x1f/u";
        unsigned changes = 1 + dice() % 4;

        for (; changes > 0 && size > 0; changes--) {
                size_t at = dice() % size, length = 1 + dice() % 8;
                switch (dice() % 4) {
                case 0: bytes[at] = (uint8_t)dice(); break;
                case 1: bytes[at] = spice[dice() % (sizeof spice - 1)]; break;
                case 2:
                        if (at + length <= size) {
                                memmove(bytes + at, bytes + at + length, size - at - length);
                                size -= length;
                        }
                        break;
                default:
                        if (at + length <= size && size + length <= room) {
                                memmove(bytes + at + length, bytes + at, size - at);
                                size += length;
                        }
                        break;
                }
        }
        return size;
}

static int
replay_file(const char *path)
{
        FILE *file = fopen(path, "rb");
        uint8_t *bytes = malloc(FILE_MOST), *changed = malloc(FILE_MOST + 64);
        size_t size;

        FUZZ_CHECK(file != NULL && bytes != NULL && changed != NULL);
        size = fread(bytes, 1, FILE_MOST, file);
        fclose(file);
        feed(bytes, size);
        for (size_t i = 0; i < CUTS && i < size; i++)
                feed(bytes, size <= CUTS ? i : dice() % size);
        for (int i = 0; i < MUTANTS; i++) {
                memcpy(changed, bytes, size);
                feed(changed, mutate(changed, size, size + 64));
        }
        free(bytes);
        free(changed);
        return 1;
}

static int
replay(const char *path)
{
        struct stat st;
        struct dirent *entry;
        int files = 0;
        DIR *folder;

        if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
                return replay_file(path);
        folder = opendir(path);
        if (folder == NULL) {
                fprintf(stderr, "%s: cannot be read\n", path);
                exit(1);
        }
        while ((entry = readdir(folder)) != NULL) {
                char inner[4096];
                if (entry->d_name[0] == '.')
                        continue;
                snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
                files += replay(inner);
        }
        closedir(folder);
        return files;
}

int
main(int argc, char **argv)
{
        const char *top = getenv("srcdir"), *name = strrchr(argv[0], '/');
        char path[4096];
        int files = 0;

        name = name != NULL ? name + 1 : argv[0];
        if (strncmp(name, "lt-", 3) == 0)
                name += 3;
        for (int i = 1; i < argc; i++)
                files += replay(argv[i]);
        if (argc == 1) {
                snprintf(path, sizeof path, "%s/tests/fuzz/%s", top != NULL ? top : ".",
                         strncmp(name, "fuzz-", 5) == 0 ? name + 5 : name);
                files = replay(path);
        }
        printf("%d files\n", files);
        return files > 0 ? 0 : 1;
}
