//! Sends a letter with lettre: cargo run LETTERS.json NAME PORT
use base64::{engine::general_purpose::STANDARD, Engine};
use lettre::message::{header::ContentType, Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message, SmtpTransport, Transport};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or("")
}

fn person(value: &Value) -> Result<Mailbox, Failure> {
    let name = text(value, "name");
    let address: Address = text(value, "address").parse()?;
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_string()), address))
}

fn list(letter: &Value, field: &str) -> Vec<Value> {
    letter[field].as_array().cloned().unwrap_or_default()
}

fn file(value: &Value) -> Result<SinglePart, Failure> {
    let octets = STANDARD.decode(text(value, "base64"))?;
    let part = match value["cid"].as_str() {
        Some(cid) => Attachment::new_inline_with_name(cid.to_string(), text(value, "name").to_string()),
        None => Attachment::new(text(value, "name").to_string()),
    };
    Ok(part.body(octets, ContentType::parse(text(value, "type"))?))
}

fn body(letter: &Value) -> Result<MultiPart, Failure> {
    let mut alternative = MultiPart::alternative().build();
    if !text(letter, "text").is_empty() {
        alternative = alternative.singlepart(SinglePart::plain(text(letter, "text").to_string()));
    }
    if !text(letter, "html").is_empty() {
        let html = SinglePart::html(text(letter, "html").to_string());
        alternative = if letter["inline"].is_object() {
            alternative.multipart(MultiPart::related().singlepart(html).singlepart(file(&letter["inline"])?))
        } else {
            alternative.singlepart(html)
        };
    }
    if let Some(calendar) = letter["calendar"].as_str() {
        let kind = ContentType::parse("text/calendar; method=REQUEST; charset=utf-8")?;
        alternative = alternative.singlepart(SinglePart::builder().header(kind).body(calendar.to_string()));
    }
    let mut mixed = MultiPart::mixed().multipart(alternative);
    for attachment in list(letter, "attachments") {
        mixed = mixed.singlepart(file(&attachment)?);
    }
    Ok(mixed)
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().collect();
    let letters: Value = serde_json::from_str(&std::fs::read_to_string(&words[1])?)?;
    let letter = &letters[&words[2]];
    let mut message = Message::builder().from(person(&letter["from"])?).subject(text(letter, "subject"));
    for entry in list(letter, "to") {
        message = message.to(person(&entry)?);
    }
    for entry in list(letter, "cc") {
        message = message.cc(person(&entry)?);
    }
    for entry in list(letter, "reply_to") {
        message = message.reply_to(person(&entry)?);
    }
    let plain = letter["html"] == "" && list(letter, "attachments").is_empty();
    let message = if plain { message.body(text(letter, "text").to_string())? } else { message.multipart(body(letter)?)? };
    SmtpTransport::builder_dangerous("127.0.0.1").port(words[3].parse()?).build().send(&message)?;
    Ok(())
}
