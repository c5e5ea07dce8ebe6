"""Writes words with counts into a topic, with Confluent's own AvroSerializer: write_avro.py BOOTSTRAP REGISTRY TOPIC SCHEMA RECORD..., each a JSON object"""
import json, sys
from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

bootstrap, registry, topic, schema, *records = sys.argv[1:]
serializer = AvroSerializer(SchemaRegistryClient({"url": registry}), schema)
producer = Producer({"bootstrap.servers": bootstrap})
for record in records:
    producer.produce(topic, serializer(json.loads(record), SerializationContext(topic, MessageField.VALUE)))
if producer.flush(30):
    sys.exit("not everything was delivered")
