<?php
// Sends a letter with Swift Mailer, as Laravel up to version 8 does: php swiftmailer.php LETTERS.json NAME PORT
require_once 'Swift/autoload.php';

[, $path, $name, $port] = $argv;
$letter = json_decode(file_get_contents($path), true)[$name];
$people = fn (array $list) => array_combine(
    array_column($list, 'address'),
    array_map(fn ($person) => $person['name'] === '' ? null : $person['name'], $list)
);

$message = new Swift_Message($letter['subject']);
$message->setFrom($people([$letter['from']]))->setTo($people($letter['to']));
if ($letter['cc']) {
    $message->setCc($people($letter['cc']));
}
if ($letter['reply_to']) {
    $message->setReplyTo($people($letter['reply_to']));
}
if ($image = $letter['inline']) {
    $message->embed((new Swift_Image(base64_decode($image['base64']), $image['name'], $image['type']))->setId($image['cid']));
}
if ($letter['html'] !== '') {
    $message->setBody($letter['html'], 'text/html');
    if ($letter['text'] !== '') {
        $message->addPart($letter['text'], 'text/plain');
    }
} else {
    $message->setBody($letter['text'], 'text/plain');
}
if (isset($letter['calendar'])) {
    $message->addPart($letter['calendar'], 'text/calendar; method=REQUEST');
}
foreach ($letter['attachments'] as $file) {
    $message->attach(new Swift_Attachment(base64_decode($file['base64']), $file['name'], $file['type']));
}
exit((new Swift_Mailer(new Swift_SmtpTransport('127.0.0.1', (int) $port)))->send($message) > 0 ? 0 : 1);
