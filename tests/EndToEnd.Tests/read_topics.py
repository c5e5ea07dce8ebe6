"""Prints every record of the topics as a line of JSON, bytes in base64, with Confluent's own client: read_topics.py BOOTSTRAP TOPIC..."""
import base64, json, sys
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition


def text(value):
    return None if value is None else base64.b64encode(value).decode()


bootstrap, *topics = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "tweetstreams-e2e-reader", "enable.auto.commit": False, "auto.offset.reset": "earliest",
                     "enable.partition.eof": True, "isolation.level": "read_committed"})
left = {(topic, partition) for topic in topics for partition in consumer.list_topics(topic, 10).topics[topic].partitions}
consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in left])
# The last offsets of a partition may be the marks of transactions: its end is what the client says it is.
while left:
    record = consumer.poll(20)
    if record is not None and record.error() and record.error().code() == KafkaError._PARTITION_EOF:
        left.discard((record.topic(), record.partition()))
        continue
    if record is None or record.error():
        sys.exit(f"nothing more to read, but {left}: {record and record.error()}")
    print(json.dumps({"topic": record.topic(), "partition": record.partition(), "offset": record.offset(), "key": text(record.key()), "value": text(record.value()),
                      "headers": {name: value.decode() for name, value in record.headers() or []}}))
consumer.close()
