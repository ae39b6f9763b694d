//! What `config/server.properties` in the Kafka tarball sets by itself.
//!
//! A start script that passes this file and adds `--override` flags runs with these values wherever it overrides nothing.
//! Source: apache/kafka:config/server.properties at the tags 2.4.0 to 3.8.0 and 3.9.0-rc3; within a line the active lines are the same in every tag.

use super::versions::KafkaLine;

/// Up to 2.4 the file sets a shorter time for the connection to `ZooKeeper`.
static UNTIL_2_4: [(&str, &str); 18] = sample::<18>("6000", true);
/// Up to 3.2 it sets `log.segment.bytes`, to the default.
static UNTIL_3_2: [(&str, &str); 18] = sample::<18>("18000", true);
/// From 3.3 on that line is commented out.
static UNTIL_3_9: [(&str, &str); 17] = sample::<17>("18000", false);

/// The lines of the file, in its order.
const fn sample<const N: usize>(
    connection_timeout: &'static str,
    sets_segment_bytes: bool,
) -> [(&'static str, &'static str); N] {
    let lines = [
        ("broker.id", "0"),
        ("num.network.threads", "3"),
        ("num.io.threads", "8"),
        ("socket.send.buffer.bytes", "102400"),
        ("socket.receive.buffer.bytes", "102400"),
        ("socket.request.max.bytes", "104857600"),
        ("log.dirs", "/tmp/kafka-logs"),
        ("num.partitions", "1"),
        ("num.recovery.threads.per.data.dir", "1"),
        ("offsets.topic.replication.factor", "1"),
        ("transaction.state.log.replication.factor", "1"),
        ("transaction.state.log.min.isr", "1"),
        ("log.retention.hours", "168"),
        ("log.segment.bytes", "1073741824"),
        ("log.retention.check.interval.ms", "300000"),
        ("zookeeper.connect", "localhost:2181"),
        ("zookeeper.connection.timeout.ms", connection_timeout),
        ("group.initial.rebalance.delay.ms", "0"),
    ];
    let mut kept = [("", ""); N];
    let (mut from, mut to) = (0, 0);
    while from < lines.len() {
        if sets_segment_bytes || from != 13 {
            kept[to] = lines[from];
            to += 1;
        }
        from += 1;
    }
    kept
}

/// The names and values that the shipped `config/server.properties` of a line sets, in the file's order.
/// Empty from 4.0 on, where the file is one for `KRaft` and nothing of ours starts from it.
/// A line older than 2.4 is treated as 2.4.
pub fn sample_server_properties(line: KafkaLine) -> &'static [(&'static str, &'static str)] {
    if line < KafkaLine::of(2, 5) {
        &UNTIL_2_4
    } else if line < KafkaLine::of(3, 3) {
        &UNTIL_3_2
    } else if line < KafkaLine::of(4, 0) {
        &UNTIL_3_9
    } else {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::super::broker_options::broker_option;
    use super::super::values::{Lookup, check_option_value};
    use super::*;

    fn value(line: KafkaLine, name: &str) -> Option<&'static str> {
        let mut lines = sample_server_properties(line).iter();
        lines.find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    #[test]
    fn the_file_changed_with_2_5_and_3_3() {
        let timeout = "zookeeper.connection.timeout.ms";
        assert_eq!(value(KafkaLine::of(2, 4), timeout), Some("6000"));
        assert_eq!(value(KafkaLine::of(2, 5), timeout), Some("18000"));
        let segment = "log.segment.bytes";
        assert_eq!(value(KafkaLine::of(3, 2), segment), Some("1073741824"));
        assert_eq!(value(KafkaLine::of(3, 3), segment), None);
        let last = "group.initial.rebalance.delay.ms";
        assert_eq!(value(KafkaLine::of(3, 9), last), Some("0"));
        assert!(sample_server_properties(KafkaLine::of(4, 0)).is_empty());
    }

    #[test]
    fn every_line_is_an_option_with_a_right_value() {
        for line in [(2, 4), (2, 8), (3, 2), (3, 3), (3, 9)] {
            let line = KafkaLine::of(line.0, line.1);
            for (name, value) in sample_server_properties(line) {
                let Lookup::Known(option) = broker_option(name, line) else {
                    panic!("{name} is no option of {line}");
                };
                assert_eq!(check_option_value(&option.values, value), None);
            }
        }
    }
}
