#include "config.h"

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"

#define FILES_WANTED 65536

static int ready_fd = -1;

void host_limits(void)
{
	struct rlimit r;

	umask(027);
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= FILES_WANTED)
		return;
	r.rlim_cur = MIN(r.rlim_max, FILES_WANTED);
	setrlimit(RLIMIT_NOFILE, &r);
}

static bool user_of(const char *user, struct passwd **pw_r, GError **err)
{
	*pw_r = NULL;
	if (geteuid() != 0 || !*user)
		return true;
	*pw_r = getpwnam(user);
	return *pw_r || err_set(err, ERR_CONF, "user %s: there is no such user; run adduser --system --group %s, or write "
				"user = \"\" to stay root", user, user);
}

bool host_drop_privileges(const char *user, GError **err)
{
	struct passwd *pw;

	if (!user_of(user, &pw, err))
		return false;
	if (!pw)
		return true;
	if (initgroups(user, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0)
		return err_set(err, ERR_CONF, "user %s: cannot become it: %s", user, g_strerror(errno));
	if (pw->pw_uid != 0 && setuid(0) == 0)
		return err_set(err, ERR_CONF, "user %s: root could be had back", user);
	return true;
}

bool host_folder(const char *path, mode_t mode, const char *user, GError **err)
{
	struct passwd *pw;

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return true;
	if (!user_of(user, &pw, err))
		return false;
	if (mkdir(path, 0700) != 0 || chmod(path, mode) != 0 || (pw && chown(path, pw->pw_uid, pw->pw_gid) != 0))
		return err_set(err, ERR_CONF, "%s: cannot be made: %s", path, g_strerror(errno));
	return true;
}

bool host_give(const char *path, const char *user, GError **err)
{
	struct passwd *pw;

	if (!user_of(user, &pw, err))
		return false;
	if (pw && lchown(path, pw->pw_uid, (gid_t)-1) != 0 && errno != ENOENT)
		return err_set(err, ERR_CONF, "%s: cannot be given to %s: %s", path, user,
			       g_strerror(errno));
	return true;
}

/* In the parent: until the child is ready, or is no more. */
static void wait_for_child(int fd, pid_t pid)
{
	int status = 0;
	gssize n;
	char c;

	do
		n = read(fd, &c, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	_exit(waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close(null);
}

bool host_background(GError **err)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		return err_set(err, ERR_CONF, "cannot go into the background: %s", g_strerror(errno));
	if (pid > 0) {
		close(fds[1]);
		wait_for_child(fds[0], pid);
	}
	close(fds[0]);
	ready_fd = fds[1];
	setsid();
	return chdir("/") == 0 || err_set(err, ERR_CONF, "/: %s", g_strerror(errno));
}

void host_ready(void)
{
	if (ready_fd < 0)
		return;
	leave_terminal();
	if (write(ready_fd, "1", 1) != 1)
		_exit(1);
	close(ready_fd);
	ready_fd = -1;
}

bool host_pid_file(const char *path, GError **err)
{
	g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	gssize size = (gssize)strlen(text), n = fd >= 0 ? write(fd, text, (gsize)size) : -1;
	int saved = errno;

	if (fd >= 0)
		close(fd);
	return n == size || err_set(err, ERR_CONF, "pid file %s: %s", path, g_strerror(saved));
}
