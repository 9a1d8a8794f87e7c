<?php
// Sends a letter with Symfony Mailer, as Laravel from version 9 does: php symfony.php LETTERS.json NAME PORT
foreach (['Symfony/Component/Mailer', 'Symfony/Component/Mime'] as $package) {
    require_once "$package/autoload.php";
}

use Symfony\Component\Mailer\Mailer;
use Symfony\Component\Mailer\Transport;
use Symfony\Component\Mime\Address;
use Symfony\Component\Mime\Email;
use Symfony\Component\Mime\Message;
use Symfony\Component\Mime\Part\DataPart;
use Symfony\Component\Mime\Part\TextPart;
use Symfony\Component\Mime\Part\Multipart\AlternativePart;
use Symfony\Component\Mime\Part\Multipart\MixedPart;

[, $path, $name, $port] = $argv;
$letter = json_decode(file_get_contents($path), true)[$name];
$people = fn (array $list) => array_map(fn ($person) => new Address($person['address'], $person['name']), $list);

$email = (new Email())->from(...$people([$letter['from']]))->to(...$people($letter['to']))->subject($letter['subject']);
if ($letter['cc']) {
    $email->cc(...$people($letter['cc']));
}
if ($letter['reply_to']) {
    $email->replyTo(...$people($letter['reply_to']));
}
if (isset($letter['calendar'])) {
    $file = $letter['attachments'][0];
    $calendar = new TextPart($letter['calendar'], 'utf-8', 'calendar');
    $calendar->getHeaders()->addParameterizedHeader('Content-Type', 'text/calendar', ['method' => 'REQUEST']);
    $email = new Message($email->getHeaders(), new MixedPart(
        new AlternativePart(new TextPart($letter['text']), new TextPart($letter['html'], 'utf-8', 'html'), $calendar),
        new DataPart(base64_decode($file['base64']), $file['name'], $file['type'])
    ));
} else {
    if ($letter['text'] !== '') {
        $email->text($letter['text']);
    }
    $html = $letter['html'];
    if ($image = $letter['inline']) { // Symfony makes the Content-ID itself and writes it where the HTML says cid:NAME.
        $html = str_replace($image['cid'], $image['name'], $html);
        $email->embed(base64_decode($image['base64']), $image['name'], $image['type']);
    }
    if ($html !== '') {
        $email->html($html);
    }
    foreach ($letter['attachments'] as $file) {
        $email->attach(base64_decode($file['base64']), $file['name'], $file['type']);
    }
}
(new Mailer(Transport::fromDsn("smtp://127.0.0.1:$port?verify_peer=0")))->send($email);
