/** The space that is open to all on this machine, with where to send mail. */

import { Icon } from "../parts/icon.tsx";
import { FirstMail } from "../parts/first_mail.tsx";
import { Link } from "../parts/link.tsx";

export function DefaultSpace({ id }: { id: string }) {
  return (
    <section class="card" aria-labelledby="default-space">
      <h2 id="default-space">Mail of this machine</h2>
      <p>Whatever applications on this machine send is in one list, whoever it is for. Nothing leaves the machine.</p>
      <p>
        <Link to={{ screen: "inbox", inbox: id }} class="button primary">
          <Icon name="inbox" size={18} /> <span>Open the list</span>
        </Link>
      </p>
      <FirstMail inbox={{ id, address: `*@${id}` }} />
    </section>
  );
}
