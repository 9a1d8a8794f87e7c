# Sends a letter with Rails' ActionMailer: ruby rails.rb LETTERS.json NAME PORT
require "action_mailer"
require "json"

path, name, port = ARGV
LETTER = JSON.parse(File.read(path, encoding: "utf-8"))[name]

ActionMailer::Base.delivery_method = :smtp
ActionMailer::Base.smtp_settings = { address: "127.0.0.1", port: port.to_i, domain: "app.shop.example", enable_starttls_auto: false }

class Letters < ActionMailer::Base
  def letter
    LETTER["attachments"].each { |file| attachments[file["name"]] = part(file) }
    if (image = LETTER["inline"])
      attachments.inline[image["name"]] = part(image).merge(content_id: "<#{image["cid"]}>")
    end
    fields = %w[from to cc reply_to].to_h { |field| [field.to_sym, people(field)] }
    fields[:charset] = LETTER["charset"] if LETTER["charset"]
    mail(fields.merge(subject: LETTER["subject"]).reject { |_, value| value.empty? }) do |format|
      format.text { render plain: LETTER["text"] } unless LETTER["text"].empty?
      format.html { render html: LETTER["html"].html_safe } unless LETTER["html"].empty?
      format.ics { render plain: LETTER["calendar"] } if LETTER["calendar"]
    end
  end

  private

  def part(file)
    { mime_type: file["type"], content: file["base64"].unpack1("m") }
  end

  def people(field)
    [LETTER[field]].flatten.map { |person| email_address_with_name(person["address"], person["name"]) }
  end
end

Letters.letter.deliver_now
