"""A client of the brokers, outside the cluster: librdkafka, which knows nothing of our names."""

import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from pods import Refusal, wait_until

QUIET = {"log_level": 0, "socket.timeout.ms": 10000, "broker.address.family": "v4"}


def versions():
    return f"librdkafka {confluent_kafka.libversion()[0]}"


class Client:
    """One that starts from the rendered client properties."""

    def __init__(self, properties):
        self.config = {**properties, **QUIET}
        self.admin = AdminClient(self.config)
        self.confirmed = set()
        self.sent = 0

    def brokers(self):
        """What it is told: ids and addresses."""
        told = self.metadata().brokers.values()
        return {broker.id: f"{broker.host}:{broker.port}" for broker in told}

    def metadata(self, topic=None):
        """Brokers that start or end answer in part, or not at all: then it asks again."""

        def answer():
            try:
                return self.admin.list_topics(topic, timeout=20)
            except KafkaException as error:
                self.error = error
                return None

        return wait_until("a client is told of the brokers", answer)

    def create(self, topic):
        """A topic as the brokers' own settings make it."""

        def made():
            try:
                new = NewTopic(topic, num_partitions=-1, replication_factor=-1)
                self.admin.create_topics([new], operation_timeout=30)[topic].result(60)
                return True
            except KafkaException as error:
                if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
                    return True
                self.error = error
                return False

        wait_until(f"the topic {topic} is made", made)

    def can_create(self, topic, patience=20):
        """Whether a topic can be made now; without a quorum nobody answers."""
        new = NewTopic(topic, num_partitions=-1, replication_factor=-1)
        try:
            options = {"operation_timeout": patience, "request_timeout": patience}
            self.admin.create_topics([new], **options)[topic].result(2 * patience)
            return True
        except KafkaException:
            return False

    def cluster_id(self):
        return self.metadata().cluster_id

    def partitions(self, topic):
        """Each partition with its leader and its replicas; a broker may not have heard of the topic yet."""
        found = wait_until(f"a broker knows {topic}", lambda: self.metadata(topic).topics[topic].partitions)
        return {number: (one.leader, sorted(one.replicas)) for number, one in found.items()}

    def ends(self, topic, partitions):
        """Where the confirmed records of each partition end, as its leader says."""
        consumer = Consumer({**self.config, "group.id": "none"})
        try:
            return {
                number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=60)[1]
                for number in partitions
            }
        finally:
            consumer.close()

    def produce(self, topic, partitions, count=20, patience=60):
        """Sends to each partition with acks=all; the partitions that confirmed everything."""
        config = {**self.config, "acks": "all", "message.timeout.ms": patience * 1000}
        producer = Producer(config)
        failed = set()

        def delivered(error, message):
            if error:
                failed.add(message.partition())
            else:
                self.confirmed.add(message.value())

        for partition in partitions:
            for _ in range(count):
                self.sent += 1
                value = f"{partition} {self.sent}".encode()
                producer.produce(topic, value, partition=partition, on_delivery=delivered)
        if producer.flush(patience + 30):
            raise Refusal("the producer does not say what became of its messages")
        return set(partitions) - failed

    def read(self, topic, partitions, patience=120):
        """What is in these partitions, from the beginning; nothing when they cannot be read.

        A new leader shows the last records only when it knows that its followers have them too,
        so that an end that comes before a confirmed record is not the last.
        """
        config = {**self.config, "group.id": "none", "enable.auto.commit": False}
        consumer = Consumer({**config, "enable.partition.eof": True})
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        try:
            return self.poll(consumer, len(partitions), patience)
        finally:
            consumer.close()

    def poll(self, consumer, partitions, patience):
        values, ended = set(), set()
        end = time.monotonic() + patience
        while len(ended) < partitions or not self.confirmed <= values:
            if time.monotonic() > end:
                return values if len(ended) == partitions else None
            message = consumer.poll(1)
            if message is None:
                continue
            if not message.error():
                values.add(message.value())
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
        return values

    def read_as_group(self, topic, partitions):
        """As most programs read: with a group, whose place is kept by the brokers."""
        config = {**self.config, "group.id": "referee", "auto.offset.reset": "earliest"}
        consumer = Consumer({**config, "enable.partition.eof": True, "enable.auto.commit": False})
        consumer.subscribe([topic])
        try:
            values = self.poll(consumer, len(partitions), 180)
            consumer.commit(asynchronous=False)
            return values
        finally:
            consumer.close()

    def check_read(self, values, how):
        if values is None:
            raise Refusal(f"{how}: the topic cannot be read")
        missing = self.confirmed - values
        if missing:
            raise Refusal(f"{how}: {len(missing)} of {len(self.confirmed)} confirmed records are missing")
