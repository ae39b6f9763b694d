import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Prints the broker options that Kafka itself defines, one JSON object a line.
 * Then answers lines of an option's name, a tab and a value: does Kafka take it?
 */
class Options {
    public static void main(String[] arguments) throws Exception {
        print();
        var definitions = definitions();
        for (String line; (line = IN.readLine()) != null; ) {
            var question = line.split("\t", 2);
            System.out.println(takes(definitions.configKeys().get(question[0]), question[1]));
        }
    }

    static final BufferedReader IN = new BufferedReader(new InputStreamReader(System.in));

    static boolean takes(ConfigDef.ConfigKey key, String value) {
        try {
            var parsed = ConfigDef.parseType(key.name, value, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(key.name, parsed);
            }
            return true;
        } catch (ConfigException wrong) {
            return false;
        }
    }

    static void print() throws Exception {
        for (var key : new TreeMap<>(definitions().configKeys()).values()) {
            var fields = new ArrayList<String>();
            fields.add("\"name\":" + quoted(key.name));
            fields.add("\"kind\":" + quoted(key.type.name()));
            fields.add("\"required\":" + !key.hasDefault());
            if (key.hasDefault() && key.defaultValue != null) {
                fields.add("\"default\":" + quoted(ConfigDef.convertToString(key.defaultValue, key.type)));
            }
            fields.add("\"importance\":" + quoted(key.importance.name()));
            fields.add("\"internal\":" + key.internalConfig);
            fields.add("\"valid\":" + quoted(String.valueOf(key.validator)));
            System.out.println("{" + String.join(",", fields) + "}");
        }
    }

    /** They lie in a private field of the Scala object `KafkaConfig`, or in a static one from 3.8 on. */
    static ConfigDef definitions() throws Exception {
        for (var place : List.of("kafka.server.KafkaConfig$", "org.apache.kafka.server.config.AbstractKafkaConfig")) {
            for (Field field : Class.forName(place).getDeclaredFields()) {
                if (field.getType() == ConfigDef.class) {
                    field.setAccessible(true);
                    var owner = place.endsWith("$") ? Class.forName(place).getField("MODULE$").get(null) : null;
                    return (ConfigDef) field.get(owner);
                }
            }
        }
        throw new IllegalStateException("this Kafka keeps its options in another place");
    }

    static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
