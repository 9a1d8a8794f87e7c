<?php
// Sends a letter with PHPMailer: php phpmailer.php LETTERS.json NAME PORT
require_once 'libphp-phpmailer/autoload.php';

use PHPMailer\PHPMailer\PHPMailer;

[, $path, $name, $port] = $argv;
$letter = json_decode(file_get_contents($path), true)[$name];

$mail = new PHPMailer(true);
$mail->isSMTP();
$mail->Host = '127.0.0.1';
$mail->Port = (int) $port;
$mail->SMTPAutoTLS = false;
$mail->CharSet = PHPMailer::CHARSET_UTF8;
if (isset($letter['charset'])) { // PHPMailer converts nothing: programs hand it text in its charset
    $mail->CharSet = $letter['charset'];
    mb_internal_encoding($letter['charset']);
    array_walk_recursive($letter, function (&$text) use ($letter) {
        $text = is_string($text) ? mb_convert_encoding($text, $letter['charset'], 'UTF-8') : $text;
    });
}
$mail->setFrom($letter['from']['address'], $letter['from']['name']);
foreach (['to' => 'addAddress', 'cc' => 'addCC', 'reply_to' => 'addReplyTo'] as $field => $add) {
    foreach ($letter[$field] as $person) {
        $mail->$add($person['address'], $person['name']);
    }
}
$mail->Subject = $letter['subject'];
if ($letter['html'] !== '') {
    $mail->isHTML();
    $mail->Body = $letter['html'];
    $mail->AltBody = $letter['text'];
} else {
    $mail->Body = $letter['text'];
}
$mail->Ical = $letter['calendar'] ?? '';
if ($image = $letter['inline']) {
    $mail->addStringEmbeddedImage(base64_decode($image['base64']), $image['cid'], $image['name'], 'base64', $image['type']);
}
foreach ($letter['attachments'] as $file) {
    $mail->addStringAttachment(base64_decode($file['base64']), $file['name'], 'base64', $file['type']);
}
$mail->send();
