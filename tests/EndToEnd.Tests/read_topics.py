"""Prints every record of the topics as a line of JSON, bytes in base64, with Confluent's own client: read_topics.py BOOTSTRAP TOPIC..."""
import base64, json, sys
from confluent_kafka import Consumer, TopicPartition


def text(value):
    return None if value is None else base64.b64encode(value).decode()


bootstrap, *topics = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "tweetstreams-e2e-reader", "enable.auto.commit": False, "auto.offset.reset": "earliest"})
left, assigned = {}, []
for topic in topics:
    for partition in consumer.list_topics(topic, 10).topics[topic].partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), 10)
        if high > low:
            left[topic, partition] = high
            assigned.append(TopicPartition(topic, partition, low))
consumer.assign(assigned)
while left:
    record = consumer.poll(20)
    if record is None or record.error():
        sys.exit(f"nothing more to read, but {left}: {record and record.error()}")
    at = record.topic(), record.partition()
    if at in left:
        print(json.dumps({"topic": record.topic(), "partition": record.partition(), "offset": record.offset(), "key": text(record.key()), "value": text(record.value()),
                          "headers": {name: value.decode() for name, value in record.headers() or []}}))
        if record.offset() >= left[at] - 1:
            del left[at]
consumer.close()
