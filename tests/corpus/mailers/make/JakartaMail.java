// Sends a letter with Jakarta Mail (Angus) through Spring's JavaMailSender: java -cp JARS JakartaMail.java LETTERS.json NAME PORT
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.activation.DataHandler;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.File;
import java.util.Base64;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;

class JakartaMail {
    static String charset;

    public static void main(String[] words) throws Exception {
        JsonNode letter = new ObjectMapper().readTree(new File(words[0])).get(words[1]);
        charset = letter.path("charset").asText("UTF-8");
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(Integer.parseInt(words[2]));
        sender.getJavaMailProperties().put("mail.smtp.localhost", "app.shop.example");
        MimeMessage message = sender.createMimeMessage();
        message.setFrom(person(letter.get("from")));
        message.setRecipients(MimeMessage.RecipientType.TO, people(letter.get("to")));
        message.setRecipients(MimeMessage.RecipientType.CC, people(letter.get("cc")));
        if (!letter.get("reply_to").isEmpty()) {
            message.setReplyTo(people(letter.get("reply_to")));
        }
        message.setSubject(letter.get("subject").asText(), charset);
        if (letter.has("calendar")) {
            invite(message, letter);
        } else {
            content(message, letter);
        }
        sender.send(message);
    }

    static void content(MimeMessage message, JsonNode letter) throws Exception {
        boolean several = !letter.get("attachments").isEmpty() || letter.get("inline").isObject();
        String text = letter.get("text").asText();
        String html = letter.get("html").asText();
        MimeMessageHelper helper = new MimeMessageHelper(message, several, charset);
        if (!text.isEmpty() && !html.isEmpty()) {
            helper.setText(text, html);
        } else {
            helper.setText(text.isEmpty() ? html : text, text.isEmpty());
        }
        if (several) {
            JsonNode image = letter.get("inline");
            if (image.isObject()) {
                helper.addInline(image.get("cid").asText(), image.get("name").asText(), resource(image), image.get("type").asText());
            }
            for (JsonNode file : letter.get("attachments")) {
                helper.addAttachment(file.get("name").asText(), resource(file), file.get("type").asText());
            }
        }
    }

    static void invite(MimeMessage message, JsonNode letter) throws Exception {
        MimeMultipart alternative = new MimeMultipart("alternative");
        alternative.addBodyPart(text(letter.get("text").asText(), "text/plain; charset=UTF-8"));
        alternative.addBodyPart(text(letter.get("html").asText(), "text/html; charset=UTF-8"));
        alternative.addBodyPart(text(letter.get("calendar").asText(), "text/calendar; method=REQUEST; charset=UTF-8"));
        MimeBodyPart bodies = new MimeBodyPart();
        bodies.setContent(alternative);
        MimeMultipart mixed = new MimeMultipart(bodies);
        for (JsonNode file : letter.get("attachments")) {
            byte[] octets = Base64.getDecoder().decode(file.get("base64").asText());
            MimeBodyPart part = new MimeBodyPart();
            part.setDataHandler(new DataHandler(new ByteArrayDataSource(octets, file.get("type").asText())));
            part.setFileName(file.get("name").asText());
            part.setDisposition(Part.ATTACHMENT);
            mixed.addBodyPart(part);
        }
        message.setContent(mixed);
    }

    static MimeBodyPart text(String content, String type) throws Exception {
        MimeBodyPart part = new MimeBodyPart();
        part.setDataHandler(new DataHandler(new ByteArrayDataSource(content, type)));
        return part;
    }

    static ByteArrayResource resource(JsonNode file) {
        return new ByteArrayResource(Base64.getDecoder().decode(file.get("base64").asText()));
    }

    static InternetAddress person(JsonNode person) throws Exception {
        String name = person.get("name").asText();
        return new InternetAddress(person.get("address").asText(), name.isEmpty() ? null : name, charset);
    }

    static InternetAddress[] people(JsonNode list) throws Exception {
        InternetAddress[] people = new InternetAddress[list.size()];
        for (int n = 0; n < people.length; n++) {
            people[n] = person(list.get(n));
        }
        return people;
    }
}
