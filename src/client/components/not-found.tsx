/** An address at which there is nothing. */
import { Link } from "@tanstack/react-router";
import { useMessages } from "../lib/language.tsx";
import { PageBody } from "./page-header.tsx";
import { buttonClass } from "./ui/button.tsx";
import { EmptyState } from "./ui/empty-state.tsx";

const messages = {
  en: { title: "Nothing here", detail: "This address leads nowhere.", home: "To the beginning" },
  zh: { title: "这里没有内容", detail: "该地址不存在。", home: "回到首页" },
};

export function NotFound() {
  const text = useMessages(messages);
  return (
    <PageBody>
      <EmptyState
        title={text.title}
        action={
          <Link to="/" className={buttonClass()}>
            {text.home}
          </Link>
        }
      >
        {text.detail}
      </EmptyState>
    </PageBody>
  );
}
