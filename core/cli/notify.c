/* notify.c - datagrams to the service manager.
 *
 * The protocol is that of sd_notify(3): a datagram of lines to the socket in
 * $NOTIFY_SOCKET, whose name begins with '@' when it lies in no folder. */
#include "build.h"

#include "cli/notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/date.h"

static int64_t last_alive;                   /* monotonic ms; the process has one manager */

static bool
address_of(struct sockaddr_un *ret, socklen_t *length)
{
        const char *name = getenv("NOTIFY_SOCKET");
        size_t size = name != NULL ? strlen(name) : 0;

        if (size < 2 || size >= sizeof ret->sun_path || (name[0] != '/' && name[0] != '@'))
                return false;
        *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
        memcpy(ret->sun_path, name, size);
        if (name[0] == '@')
                ret->sun_path[0] = '\0';
        *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
        return true;
}

void
mstc_notify(const char *format, ...)
{
        struct sockaddr_un to;
        socklen_t size;
        char text[1024];
        va_list args;
        int fd, length;

        if (!address_of(&to, &size))
                return;
        va_start(args, format);
        length = vsnprintf(text, sizeof text, format, args);
        va_end(args);
        if (length <= 0)
                return;
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return;
        (void)sendto(fd, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT,
                     (const struct sockaddr *)&to, size);
        close(fd);
}

int64_t
mstc_notify_every_ms(void)
{
        const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
        int64_t value;

        if (usec == NULL || (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid()))
                return 0;
        value = strtoll(usec, NULL, 10) / 4000;
        return value > 0 ? value : 0;
}

void
mstc_notify_alive(void)
{
        int64_t every = mstc_notify_every_ms(), now = mstc_clock_ticks_ms();

        if (every == 0 || (last_alive != 0 && now - last_alive < every))
                return;
        last_alive = now;
        mstc_notify("WATCHDOG=1");
}
