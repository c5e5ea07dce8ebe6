"""Prints every record of the topics as a line of JSON, read with Confluent's own AvroDeserializer: read_avro.py BOOTSTRAP REGISTRY TOPIC..."""
import base64, json, sys
from datetime import datetime
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext


def plain(value):
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    return value.decode("utf-8") if isinstance(value, bytes) else value


bootstrap, registry, *topics = sys.argv[1:]
deserializer = AvroDeserializer(SchemaRegistryClient({"url": registry}))
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "tweetstreams-e2e-avro", "enable.auto.commit": False, "auto.offset.reset": "earliest",
                     "enable.partition.eof": True, "isolation.level": "read_committed"})
left = {(topic, partition) for topic in topics for partition in consumer.list_topics(topic, 10).topics[topic].partitions}
consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in left])
while left:
    record = consumer.poll(20)
    if record is not None and record.error() and record.error().code() == KafkaError._PARTITION_EOF:
        left.discard((record.topic(), record.partition()))
        continue
    if record is None or record.error():
        sys.exit(f"nothing more to read, but {left}: {record and record.error()}")
    value = deserializer(record.value(), SerializationContext(record.topic(), MessageField.VALUE))
    key = record.key()
    print(json.dumps({"topic": record.topic(), "partition": record.partition(), "offset": record.offset(), "key": None if key is None else base64.b64encode(key).decode(), "value": value}, default=plain))
consumer.close()
