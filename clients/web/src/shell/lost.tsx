/** Shown for a path that names no screen. */

import { Link } from "../parts/link.tsx";
import { Screen } from "./screen.tsx";

export function Lost() {
  return (
    <Screen title="No such screen">
      <p>
        This address names nothing here. <Link to={{ screen: "start" }}>Go to the start</Link>
      </p>
    </Screen>
  );
}
