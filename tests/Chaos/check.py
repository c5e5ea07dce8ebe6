"""check.py BOOTSTRAP FILE REFERENCE exactly-once|at-least-once [--dedupe]

Reads the output topics to their ends with Confluent's own client, committed transactions only, and compares them with the messages of FILE
and with what the program REFERENCE counts in them. Exactly-once: all is equal. At-least-once: nothing is missing, and no count is too small.
Says what differs, and ends with 1 if something does."""
import collections, hashlib, json, subprocess, sys
from confluent_kafka import Consumer, KafkaError, OFFSET_BEGINNING, TopicPartition

KINDS = ("tweets", "retweets", "deletes", "limits", "notices", "dead-letters")
TOP = 10
bootstrap, file, reference, guarantee, *options = sys.argv[1:]
exact = guarantee == "exactly-once"
failed = False


def differ(what, differences):
    global failed
    if differences:
        failed = True
        print(f"{what}: {len(differences)} differences, the first of them:")
        for difference in differences[:5]:
            print(f"    {difference}")


def report(name, *more):
    printed = subprocess.run([sys.executable, reference, name, *more, file], check=True, stdout=subprocess.PIPE, env={"PYTHONIOENCODING": "utf-8", "TZ": "UTC"}).stdout
    return [row.split("\t") for row in printed.decode().split("\n") if row]


def records(topic):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "chaos-check", "enable.auto.commit": False, "enable.partition.eof": True,
                         "isolation.level": "read_committed", "auto.offset.reset": "error"})
    open_partitions = set(consumer.list_topics(topic, 10).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in open_partitions])
    while open_partitions:
        record = consumer.poll(30)
        if record is None:
            sys.exit(f"{topic}: the partitions {open_partitions} cannot be read to their ends")
        if record.error() is None:
            yield record
        elif record.error().code() == KafkaError._PARTITION_EOF:
            open_partitions.discard(record.partition())
        elif not record.error().retriable():
            sys.exit(f"{topic}: {record.error()}")
    consumer.close()


def show(message):
    return message.decode("utf-8", "replace")[:160]


def check_kinds():
    lines = [line.rstrip(b"\n") for line in open(file, "rb")]
    kinds = [row[0] for row in report("kinds")]
    assert len(lines) == len(kinds)
    for kind in KINDS:
        texts = {hashlib.sha256(line).digest(): line for line, its in zip(lines, kinds) if its == kind}
        expected = collections.Counter(hashlib.sha256(line).digest() for line, its in zip(lines, kinds) if its == kind)
        found = collections.Counter()
        foreign = []
        for record in records(kind):
            digest = hashlib.sha256(record.value()).digest()
            found[digest] += 1
            if digest not in expected:
                foreign.append(f"partition {record.partition()} offset {record.offset()} was never sent: {show(record.value())}")
        differ(f"topic {kind}", foreign + [
            f"{found[digest]} times instead of {times}: {show(texts[digest])}"
            for digest, times in expected.items() if (found[digest] != times if exact else found[digest] < times)])


def check_raw():
    """Whether the messages came to Kafka at all: else nothing that follows is the processor's fault."""
    expected = collections.Counter(line.rstrip(b"\n") for line in open(file, "rb"))
    found = collections.Counter(record.value() for record in records("tweets.raw"))
    differ("topic tweets.raw", [f"{found[line]} times instead of {times}: {show(line)}" for line, times in expected.items() if found[line] != times])


def last(topic):
    values, conflicts = {}, []
    for record in records(topic):
        key = record.key().decode()
        if key in values and values[key][0] != record.partition():
            conflicts.append(f"{key} is in the partitions {values[key][0]} and {record.partition()}")
        values[key] = record.partition(), json.loads(record.value())
    differ(f"topic {topic}", conflicts)
    return {key: value for key, (_, value) in values.items()}


def check_counts(topic, expected):
    found = {key: value["count"] for key, value in last(topic).items()}
    differ(f"topic {topic}", [
        f"{key}: {found.get(key)} instead of {expected.get(key)}" for key in sorted(expected.keys() | found.keys())
        if (found.get(key) != expected.get(key) if exact else key not in expected or found.get(key, 0) < expected[key])])
    return f"{topic} {sum(found.values())} for {sum(expected.values())}"


def check_top(totals):
    ranking = [[word, count] for word, count in sorted(totals.items(), key=lambda row: (-row[1], row[0]))[:TOP]]
    found = [[entry["word"], entry["count"]] for entry in last("top-words").get("totals", [])]
    differ("topic top-words", [f"{found} instead of {ranking}"] if found != ranking else [])


check_raw()
check_kinds()
totals = {word: int(count) for word, count in report("totals", *options)}
windows = {f"{word}@{start}": int(count) for start, word, count in report("windows", *options)}
print(check_counts("word-totals", totals) + ", " + check_counts("word-counts", windows))
if exact:
    check_top(totals)
sys.exit(1 if failed else 0)
