"""bench texts: how fast texts leave, beside Kannel and the least that a client can do, on one and the same SMSC."""
import contextlib, http.client, json, os, signal, sqlite3, statistics, subprocess, threading, time

from running import BIN, PBX, Process, Quit, Ringback, cpu_seconds, free_port, memory_mb, wait_for

TEXT = "MISSED 21:52 Clinic\n+12025550143 Jane Doe x2\nNo answer, no voicemail\nReply 17A mine, 17D called, 17N pass on"
KANNEL = "/usr/sbin/bearerbox"
IDLE_S, LATENCIES = 30, 15


class Smsc(Process):
    def __init__(self, b, port, delay_ms=0):
        super().__init__(f"fastsmsc{port}", [os.path.join(BIN, "fastsmsc"), str(port), str(int(delay_ms * 1000))],
                         f"127.0.0.1:{port}", b.folder)
        self.told = 0

    def tell(self):
        """What came since the last time."""
        os.kill(self.pid, signal.SIGUSR1)
        lines = lambda: open(self.log).read().splitlines()
        wait_for("the SMSC says nothing", lambda: len(lines()) > self.told)
        self.told += 1
        return json.loads(lines()[self.told - 1])


def provider(name, port, window):
    return (f'provider {name} {{ host = "127.0.0.1" port = {port} system_id = "r" source_addr = "12025550100" '
            f'window = {window} }}\n')


PEOPLE = ('collect_window = "1s"\nhours = "off"\nperson anna { mail = anna@example.com phone = "+447700900123" }\n'
          'policy oncall { step { tell = anna wait = 4h } }\nline rest { owner = anna closed = oncall }\n')


def ringback(b, name, more, env=None):
    return b.start(Ringback(b, name, b.path(name + ".sock"), env, PEOPLE + more))


# ---- draining a queue ----

def fill(store, n):
    """Durable texts, as the answers to replies are: in the outbox, due, each with its words."""
    now = int(time.time())
    with contextlib.closing(sqlite3.connect(store)) as db, db:
        db.executemany("INSERT INTO outbox (item, kind, topic, state, due, expires, person, addressee, text, step, tries,"
                       " possibly_twice, created, updated) VALUES (NULL, 0, 3, 0, ?, 0, 'anna', '+447700900123', ?, 0, 0, 0,"
                       " ?, ?)", [(now, f"{TEXT} {i}", now, now) for i in range(n)])


def waiting(store):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=20)) as db:
        return db.execute("SELECT count(*) FROM outbox WHERE kind = 0 AND state IN (0, 1)").fetchone()[0]


def result(got, n, cpu_s):
    if got["texts"] < n:
        raise Quit(f"{got['texts']} texts of {n} came")
    return {"rate": (got["texts"] - 1) / (got["last"] - got["first"]), "cpu_per_1000": cpu_s * 1000 / n, **got}


def drain_ringback(b, delay_ms, window, n):
    port = free_port()
    name = f"texts{port}"
    first = ringback(b, name, provider("p", port, window))
    first.stop()
    fill(first.store, n)
    smsc = b.start(Smsc(b, port, delay_ms))
    daemon = b.start(Process(name + "b", first.argv, first.target, b.folder))
    wait_for("ringback does not drain its queue", lambda: waiting(first.store) == 0, 120)
    got = result(smsc.tell(), n, cpu_seconds(daemon.pid))
    b.end()
    return got


def drain_limit(b, delay_ms, window, n):
    port = free_port()
    smsc = b.start(Smsc(b, port, delay_ms))
    argv = [os.path.join(BIN, "fastesme"), str(port), str(window), str(n)]
    before = os.times().children_user + os.times().children_system
    subprocess.run(argv, check=True)
    got = result(smsc.tell(), n, os.times().children_user + os.times().children_system - before)
    b.end()
    return got


def kannel_conf(folder, smsc, window, store, ports):
    kept = "" if store == "memory" else f"store-type = {store}\nstore-location = {folder}/store\n"
    return f'''group = core
admin-port = {ports[0]}
admin-password = secret
smsbox-port = {ports[1]}
box-allow-ip = 127.0.0.1
log-level = 3
{kept}
group = smsc
smsc = smpp
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = r
smsc-password = s
system-type = ""
reconnect-delay = 1
max-pending-submits = {window}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {ports[2]}
log-level = 3

group = sendsms-user
username = u
password = p
'''


def ask_kannel(port, n):
    link = http.client.HTTPConnection("127.0.0.1", port)
    for i in range(n):
        link.request("GET", "/cgi-bin/sendsms?username=u&password=p&from=12025550100&to=447700900123&text=" +
                     TEXT.replace(" ", "+").replace("\n", "%0A").replace(",", "%2C").replace("+1", "%2B1", 1) + f"+{i}")
        answer = link.getresponse()
        answer.read()
        if answer.status != 202:
            raise Quit(f"Kannel's smsbox answers {answer.status}")


def drain_kannel(b, delay_ms, window, n, store):
    """Filled through smsbox while the SMSC is not there; then it comes."""
    smsc_port, ports = free_port(), [free_port() for _ in range(3)]
    folder = b.path(f"kannel{smsc_port}")
    os.makedirs(folder + "/store")
    with open(folder + "/kannel.conf", "w") as f:
        f.write(kannel_conf(folder, smsc_port, window, store, ports))
    box = b.start(Process(f"bearerbox{smsc_port}", [KANNEL, folder + "/kannel.conf"], f"127.0.0.1:{ports[0]}", b.folder))
    b.start(Process(f"smsbox{smsc_port}", ["/usr/sbin/smsbox", folder + "/kannel.conf"], f"127.0.0.1:{ports[2]}", b.folder))
    askers = [threading.Thread(target=ask_kannel, args=(ports[2], n // 8)) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    before = cpu_seconds(box.pid)
    smsc, texts, last = b.start(Smsc(b, smsc_port, delay_ms)), [], time.monotonic() + 120
    while sum(t["texts"] for t in texts) < n // 8 * 8 and time.monotonic() < last:
        time.sleep(0.5)
        texts.append(smsc.tell())
    texts = [t for t in texts if t["texts"]] or [{"texts": 0, "first": 0, "last": 0, "highest": 0}]
    got = {"texts": sum(t["texts"] for t in texts), "first": texts[0]["first"], "last": texts[-1]["last"],
           "highest": max(t["highest"] for t in texts)}
    got = result(got, n // 8 * 8, cpu_seconds(box.pid) - before)
    b.end()
    return got


def drain(b, title, delay_ms, window, n, goal):
    cases = {"the limit: a client that only sends": (drain_limit, ()), "ringback, durable": (drain_ringback, ())}
    if os.path.exists(KANNEL):
        cases["Kannel, spool (no fsync)"] = (drain_kannel, ("spool",))
        cases["Kannel, memory"] = (drain_kannel, ("memory",))
    results = b.rounds(cases, lambda run, more: run(b, delay_ms, window, n, *more))
    print(f"\n## {title}: {n:,} texts, window {window}, {b.options.rounds} rounds\n")
    print("| | texts/s | range | of the limit | CPU s per 1,000 | goal |\n|---|---|---|---|---|---|")
    limits = results["the limit: a client that only sends"]
    for name, rows in results.items():
        rates = [r["rate"] for r in rows]
        share = statistics.median(r["rate"] / top["rate"] for r, top in zip(rows, limits))
        cpu = statistics.median(r["cpu_per_1000"] for r in rows)
        print(f"| {name} | {statistics.median(rates):.0f} | {min(rates):.0f} to {max(rates):.0f} | {share:.2f} | {cpu:.3f} | "
              f"{goal if name.startswith('ringback') else ''} |", flush=True)
    return results


# ---- from the commit to the wire; idle ----

def latency(b):
    """From the commit at the end of the collect window to the octets at the SMSC: one call at a time."""
    port, log = free_port(), b.path("syncs")
    env = {"LD_PRELOAD": os.path.abspath(os.path.join(BIN, "slowsync.so")), "SLOWSYNC_LOG": log}
    smsc = b.start(Smsc(b, port))
    daemon = ringback(b, "latency", provider("p", port, 10), env)
    took = []
    for _ in range(LATENCIES):
        b.load("milterload", daemon.target, "missed", 1, PBX, 1)
        since, got = time.monotonic(), {"texts": 0}
        while not got["texts"] and time.monotonic() < since + 20:
            time.sleep(0.05)
            got = smsc.tell()
        if not got["texts"]:
            raise Quit("a call is not texted")
        commit = min(at for at in map(float, open(log)) if at > since)
        took.append((got["first"] - commit) * 1000)
        time.sleep(0.5)         # what became of it is written down, so that the next commit is the next window's
    print(f"\n## From the commit at the end of the collect window to the octets at the SMSC, {len(took)} calls\n\n"
          f"| median ms | highest | goal |\n|---|---|---|\n| {statistics.median(took):.1f} | {max(took):.1f} | 20 |", flush=True)
    b.end()
    return took


def cpu_ns(pid):
    return sum(int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0]) for task in os.listdir(f"/proc/{pid}/task"))


def idle(b):
    """With four binds and nothing to do."""
    ports = [free_port() for _ in range(4)]
    for port in ports:
        b.start(Smsc(b, port))
    daemon = ringback(b, "idle", "".join(provider(f"p{port}", port, 10) for port in ports))
    wait_for("four binds", lambda: open(daemon.log).read().count("state=bound") == 4)
    time.sleep(2)
    before = cpu_ns(daemon.pid)
    time.sleep(IDLE_S)
    used, mb = (cpu_ns(daemon.pid) - before) / 1e6, memory_mb(daemon.pid, "VmRSS")
    private = mb - memory_mb(daemon.pid, "RssFile")
    print(f"\n## Idle with four binds, {IDLE_S} s\n\n| CPU ms in {IDLE_S} s | resident MB | of that not mapped from files | goal |\n"
          f"|---|---|---|---|\n| {used:.1f} | {mb:.1f} | {private:.1f} | none measurable, 20 MB |", flush=True)
    b.end()
    return {"cpu_ms": used, "mb": mb, "private_mb": private}


def texts(b):
    """Texts, beside Kannel."""
    if not os.path.exists(KANNEL):
        print("\nKannel is not installed (Debian's package kannel), so ringback stands alone here.")
    found = {"drain": drain(b, "Draining a queue", 0, 50, 20000, "10,000"),
             "10 ms, 10": drain(b, "An SMSC that answers after 10 ms", 10, 10, 3000, "950"),
             "10 ms, 50": drain(b, "An SMSC that answers after 10 ms", 10, 50, 15000, "4,600"),
             "latency": latency(b), "idle": idle(b)}
    b.log.append(dict(texts=found, command="texts"))
    return found
