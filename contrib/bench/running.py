"""What bench and its parts share: processes that are started, waited for, measured and stopped."""
import contextlib, os, shlex, socket, sqlite3, subprocess, time

SRC = os.path.abspath(os.environ.get("SRC", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")))
BUILD = os.path.abspath(os.environ.get("BUILD", SRC))
HERE = os.path.join(SRC, "contrib", "bench")
BIN = os.path.join(BUILD, "bench")
PBX, OTHER = "127.0.0.2", "127.0.0.1"     # the client's address: a trusted PBX, and everybody else


class Quit(Exception):
    pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, check, seconds=20):
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise Quit(what)
        time.sleep(0.02)


def answers(target):
    family, to = (socket.AF_UNIX, target) if target[0] == "/" else (socket.AF_INET, ("127.0.0.1", int(target.split(":")[1])))
    with socket.socket(family) as s:
        return s.connect_ex(to) == 0


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid, key):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    return 0


class Process:
    def __init__(self, name, argv, target, folder, env=None):
        self.name, self.target, self.argv = name, target, argv
        self.log = os.path.join(folder, name + ".log")
        with open(self.log, "w") as log:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                                          env=dict(os.environ, **(env or {})))
        try:
            wait_for("", lambda: self.child.poll() is not None or answers(target))
        except Quit:
            pass
        if self.child.poll() is not None or not answers(target):
            self.stop()
            raise Quit(f"{name} did not start: {shlex.join(argv)}\n" + open(self.log).read()[-2000:])
        if target[0] == "/":
            os.chmod(target, 0o666)

    @property
    def pid(self):
        return self.child.pid

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


PEOPLE = "person anna { mail = anna@example.com }\nline rest { owner = anna }\n" + "".join(
    f'line l{n} {{ owner = anna  extensions = {{ "{n}" }} }}\n' for n in range(1001, 1011))


class Ringback(Process):
    """more: people and lines, and what else the configuration has; else PEOPLE."""
    def __init__(self, bench, name, target, env=None, more=""):
        folder = os.path.join(bench.folder, name)
        os.makedirs(folder)
        self.store = os.path.join(folder, "ringback.db")
        conf = os.path.join(folder, "ringback.conf")
        where = f"unix:{target}" if target[0] == "/" else f"inet:{target.split(':')[1]}@127.0.0.1"
        with open(conf, "w") as f:
            f.write(f'''region = US
timezone = "America/New_York"
sources = {{ "{PBX}" }}
audit = calls@example.com
default_line = rest
run_dir = "{folder}"
store = "{self.store}"
milter_socket = "{where}"
milter_socket_group = ""
milter_socket_mode = 0666
relay = ""
user = ""
profile_dir = "{os.path.join(SRC, "conf", "profiles")}"
''' + (more or PEOPLE))
        super().__init__(name, [os.path.join(BUILD, "src", "ringbackd"), "-f", "-c", conf], target, folder, env)

    def notices(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM notices").fetchone()[0]
