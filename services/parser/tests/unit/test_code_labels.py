"""Which label belongs to which number: purposes, decoys beside a code, dates, short and spelled-out codes, warnings."""

import pytest

from message_parser.domain import otp


def code(text: str, subject: str = "Acme") -> str | None:
    return otp.best(otp.find_codes(subject, otp.Body(text), otp.Body, "Acme <no-reply@acme.example>"))


@pytest.mark.parametrize(
    "text",
    [
        "Your code to verify your phone number is 918273",
        "Use 918273 to verify your phone number.",
        "918273 is your code to confirm your order.",
        "Your verification code for your order: 918273",
        "Your code for invoice access is 918273",
        "Your code to change your phone number: 918273",
        "To verify your mobile number, enter 918273",
        "Your PIN for voucher account 556677 is 918273",
        "Votre code d'accès à votre facture : 918273",
        "Ihr Code zur Bestätigung Ihrer Telefonnummer lautet 918273",
        "Nutzen Sie 918273, um Ihre Telefonnummer zu bestätigen.",
        "Votre code pour confirmer votre commande est 918273",
        "Utilisez 918273 pour vérifier votre numéro de téléphone.",
        "Tu código para confirmar tu reserva es 918273",
        "Usa 918273 para verificar tu número de teléfono.",
        "Il tuo codice per confermare la prenotazione è 918273",
        "Seu código para verificar seu telefone é 918273",
        "Je code om je boeking te bevestigen is 918273",
        "Gebruik 918273 om je telefoonnummer te verifiëren.",
        "Twój kod do potwierdzenia zamówienia to 918273",
        "Ваш код для подтверждения номера телефона: 918273",
        "Используйте 918273 для подтверждения заказа.",
        "使用918273验证您的手机号。",
        "您用于验证手机号的验证码是918273",
        "918273を使用して電話番号を確認してください。",
        "電話番号を確認するためのコードは918273です。",
        "전화번호 인증을 위한 인증번호는 918273입니다.",
        "Telefon numaranızı doğrulamak için 918273 kodunu kullanın.",
        "Din kode til at bekræfte din ordre er 918273",
        "הקוד שלך להשלמת העסקה הינו 918273",
        "Kode Anda untuk konfirmasi pesanan adalah 918273",
        "Mã của bạn để xác nhận đơn hàng là 918273",
    ],
)
def test_what_a_code_is_for_is_no_label_of_another_number(text):
    assert "918273" == code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dear customer 10023, your OTP is 448120.",
        "Transaction 1533, OTP 448120, amount 90000.",
        "The OTP for card 30417 is 448120",
        "Your account 123456 will receive OTP 448120",
        "Order 5512: your verification code is 448120",
        "Date: 20260115\nAmount: 4500\nCard: 4821\nOTP: 448120\nRef: 556677",
        "OTP is 448120 for txn of INR 5000.00 at SHOPX on card ending 4821",
        "【12306】验证码：448120，切勿转发。12306用户正在申请修改邮箱。",
        "448120为您本次操作的验证码，请勿泄露。\n10001",
        "รหัส OTP คือ 448120 รหัสอ้างอิง 556677",
        "OTP at Shop 4821 is 448120",
        "448120 is your verification code for account 98765.",
        "Thank you for your order, 448120 is your verification code.",
        "Your OTP for your card nb 413752******6781 is : '448120'",
        "Sehr geehrter Kunde 10023, Ihr Einmalcode lautet 448120.",
        "TAN für Karte 30417 lautet 448120",
        "Cher client 10023, votre code de vérification est 448120.",
        "Code de sécurité pour la carte 30417 : 448120",
        "Estimado cliente 10023, su código de verificación es 448120.",
        "Código de seguridad de la tarjeta 30417: 448120",
        "Gentile cliente 10023, il codice di verifica è 448120.",
        "Codice OTP per la carta 30417: 448120",
        "Prezado cliente 10023, seu código de verificação é 448120.",
        "Beste klant 10023, uw verificatiecode is 448120.",
        "Kod jednorazowy dla karty 30417 to 448120",
        "Уважаемый клиент 10023, ваш код подтверждения: 448120.",
        "Код подтверждения для карты 30417: 448120",
        "尊敬的用户10023，您的验证码是448120，5分钟内有效。",
        "您尾号1234的卡交易4567元，验证码为448120。",
        "卡號後四碼1234於今日網路交易約TWD 4567元，交易密碼為448120。",
        "会員10023様、認証コードは448120です。",
        "고객 10023님, 인증번호는 448120입니다.",
        "Sayın müşterimiz 10023, doğrulama kodunuz 448120.",
        "ma GD 1533 ma OTP 448120, so tien 90000",
        "Ma OTP cua the 30417 la 448120",
        "Mã OTP của thẻ 30417 là 448120",
        "عزيزي العميل 10023، رمز التحقق الخاص بك هو 448120.",
        "ग्राहक 10023, आपका ओटीपी 448120 है।",
        "Kære kunde 10023, din engangskode er 448120.",
        "Asiakas 10023, vahvistuskoodisi on 448120.",
        "Pelanggan 10023, kode OTP Anda adalah 448120.",
    ],
)
def test_each_number_belongs_to_the_label_on_its_own_side(text):
    assert "448120" == code(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your one-time code, requested 20260115: 448120", "448120"),
        ("Ihr Einmalcode vom 20260115 lautet 448120", "448120"),
        ("Votre code de vérification du 2026-01-15 est 448120", "448120"),
        ("Su código de verificación del 15012026 es 448120", "448120"),
        ("20260115 Acme\nOTP: 448120", "448120"),
        ("您于20260115申请的验证码为448120", "448120"),
        ("Код подтверждения от 20260115: 448120", "448120"),
        ("Your verification code is 20260115", "20260115"),
        ("Ihr Bestätigungscode lautet 20260115", "20260115"),
        ("Your verification code:\n\n20260115", "20260115"),
        ("Verification code (20260115 10:22): 448120", "448120"),
        ("Your verification code was requested on 20260115", None),
        ("Your verification code was requested on 2026 01 15", None),
        ("验证码申请日期20260115", None),
        ("Report 20260115\n20260115", None),
    ],
)
def test_a_date_without_separators_is_a_code_only_when_announced(text, expected):
    assert expected == code(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABanco: escribe el codigo QX48 para autorizar tu pago. Si no, llama al 911055555", "QX48"),
        ("Escribe el código KMPW para entrar en tu area.", "KMPW"),
        ("Enter the code KMPW to continue.", "KMPW"),
        ("KQWDEFJH is your Acme phone verification code.", "KQWDEFJH"),
        ("Geben Sie den Code KMPW ein, um fortzufahren.", "KMPW"),
        ("Saisissez le code KMPW pour continuer.", "KMPW"),
        ("Inserisci il codice QX48 per autorizzare il pagamento.", "QX48"),
        ("Digite o código KMPW para continuar.", "KMPW"),
        ("Voer de code KMPW in om door te gaan.", "KMPW"),
        ("Wpisz kod QX48, aby kontynuować.", "QX48"),
        ("Введите код KMPW, чтобы войти.", "KMPW"),
        ("请输入验证码KMPW以继续。", "KMPW"),
        ("認証コード「QX48」を入力してください。", "QX48"),
        ("인증번호 QX48을 입력하세요.", "QX48"),
        ("Your login code: KMPW", "KMPW"),
        ("Enter the code ACME sent to your phone.", None),
        ("Your verification code from PAYCO is on its way.", None),
        ("YOUR VERIFICATION CODE WILL EXPIRE SOON", None),
        ("Never share your PIN CODE with anybody.", None),
        ("Enter the code from your SMS, please.", None),
        ("Your verification code for ACME is 448120", "448120"),
    ],
)
def test_short_codes_of_capitals_that_a_sentence_names(text, expected):
    assert expected == code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zum Fortfahren brauchen Sie diesen Sicherheitscode:\nGEBEN SIE IHN NIE AM TELEFON WEITER!\n\n858820\n",
        "Your security code:\nNever read it out on the phone\n\n858820",
        "Votre code\nNe donnez jamais ce code, même à un conseiller au téléphone\n858820",
        "Your code is\nDo not forward this code by phone or mail.\nStaff will not ask for it.\n\n858820",
        "Votre code de sécurité :\nNe le communiquez jamais par téléphone !\n\n858820",
        "Tu código de seguridad:\nNo lo compartas nunca por teléfono\n\n858820",
        "Il codice di sicurezza:\nNon comunicarlo mai per telefono!\n\n858820",
        "Seu código de segurança:\nNunca o informe por telefone!\n\n858820",
        "Je beveiligingscode:\nGeef deze nooit door via de telefoon!\n\n858820",
        "Twój kod bezpieczeństwa:\nNigdy nie podawaj go przez telefon!\n\n858820",
        "Ваш код безопасности:\nНикогда не сообщайте его по телефону\n\n858820",
        "您的验证码：\n请勿在电话中透露！\n\n858820",
        "セキュリティコード：\n電話で絶対に教えないでください\n\n858820",
        "보안 코드:\n전화로 절대 알려주지 마세요!\n\n858820",
    ],
)
def test_a_warning_stands_between_label_and_code(text):
    assert "858820" == code(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Referenz\n k 3 p Q R T T J 5 m\nTAN\n 9 h 2 w r d\nSie gelten 5 Minuten.", "9h2wrd"),
        ("Vergleichswert\n v 7 n M Z 4 H 6 l\nTAN\n 4 u 8 k u f", "4u8kuf"),
        ("Your login code:\n\nA 7 K 2 Q 9", "A7K2Q9"),
        ("Votre code de connexion :\nh 4 x 9 p 2", "h4x9p2"),
        ("Su código de verificación:\n  Q 7 3 B", "Q73B"),
        ("Код подтверждения\nX 7 K 2 9 D", "X7K29D"),
        ("您的验证码：\nX 7 K 2 9 D", "X7K29D"),
        ("認証コード：X 7 K 2", "X7K2"),
        ("Your code is 4 8 2 1 9 3", "482193"),
        ("Order reference\nA 7 K 2 Q 9", None),
        ("Your code\nV E R I F Y  N O W", None),
        ("Your code is a 5 x 7 inch card away", None),
    ],
)
def test_codes_spelled_out_with_blanks(text, expected):
    assert expected == code(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tu codigo de verificacion es 482193", "482193"),
        ("Ihr Bestaetigungscode lautet 482193", "482193"),
        ("Mobil uygulama aktivasyonu icin dogrulama kodunuz: 482193 B001", "482193"),
        ("Parol dlya podtverzhdeniya: 482193. Perevod 800.00 RUB.", "482193"),
        ("Tu numero de pedido es 482193", None),
    ],
)
def test_words_written_without_accents(text, expected):
    assert expected == code(text)


def test_the_digits_of_a_wrapped_url_are_no_code():
    assert code("Your code is in the link <https://a.example/verify?code=\n482193> here") is None


@pytest.mark.parametrize(
    "text",
    [
        "Your order number is 123456",
        "Your booking is confirmed. Booking reference: X7K2M9",
        "Code for booking 918273",
        "We sent a code to the phone number ending in 4821.",
        "Ihre Bestellnummer lautet 123456",
        "Sehr geehrter Kunde 10023, Ihre Rechnung liegt bei.",
        "Votre numéro de commande est 123456",
        "Estimado cliente 10023, su factura está lista.",
        "Il numero del tuo ordine è 123456",
        "Seu pedido 123456 foi enviado.",
        "Uw bestelling 123456 is onderweg.",
        "Zamówienie 123456 zostało wysłane.",
        "Ваш заказ 123456 отправлен.",
        "尊敬的用户10023，您的订单20260115001已发货。",
        "お客様番号 10023 のご注文を発送しました。",
        "고객 10023님의 주문이 발송되었습니다.",
        "Sent Rs.50.00 From ABank A/C 2222 To SHAMA Ref 117331293 Not You? Call 18002586161",
        "Venue: Casa Blu, Dress Code: CASUAL, doors at 1930, room 4021",
        "Never share codes by phone.\n\n4821 people read this.",
        "Your order number\nPlease quote it when you call\n\n123456",
    ],
)
def test_a_mail_without_a_code_has_none(text):
    assert code(text) is None
