"""Sign-up: an address and a password, then the code that was sent to the address."""

import secrets
from smtplib import SMTPException

from django.contrib.auth import get_user_model, login
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from signup.models import Confirmation

MAIL = """Hello,

your confirmation code is {code}

If you did not sign up at our shop, ignore this mail.
"""


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "sign_up.html")
    email = request.POST["email"]
    try:
        with transaction.atomic():
            user = get_user_model().objects.create_user(email, email, request.POST["password"], is_active=False)
            confirmation = Confirmation.objects.create(user=user)
            send_mail("Confirm your address", MAIL.format(code=confirmation.code), None, [email])
    except (SMTPException, OSError):
        return render(request, "sign_up.html", {"problem": "We could not send you a mail. Try again."}, status=503)
    return render(request, "confirm.html", {"email": email})


@require_http_methods(["POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    confirmation = get_object_or_404(Confirmation, user__email=request.POST["email"])
    if not secrets.compare_digest(confirmation.code, request.POST["code"]):
        return render(request, "confirm.html", {"email": request.POST["email"], "problem": "Wrong code"}, status=400)
    user = confirmation.user
    user.is_active = True
    user.save()
    confirmation.delete()
    login(request, user)
    return render(request, "home.html")


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")
