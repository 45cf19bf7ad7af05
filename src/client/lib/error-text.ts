/** What went wrong, in the reader's words: known codes are translated, others speak for themselves. */
import { type Language, useLanguage } from "./language.tsx";
import { codeOf } from "./trpc.ts";

const en: Record<string, string> = {
  network: "The server does not answer. Check the connection; nothing is lost.",
  internal: "Something went wrong on the server. Try again.",
};

const zh: Record<string, string> = {
  network: "服务器没有响应。请检查网络连接；内容不会丢失。",
  internal: "服务器出错了，请重试。",
  credentials_invalid: "请先登录。",
  login_failed: "用户名或密码不正确。",
  registration_disabled: "注册已关闭，请联系管理员。",
  username_taken: "该用户名已被使用，请换一个。",
  password_mismatch: "当前密码不正确。",
  session_revoked: "登录已结束，请重新登录。",
  admin_required: "仅限管理员。",
  last_admin: "这是最后一位管理员，请先设置另一位。",
  too_many_api_keys: "密钥太多，请先撤销不再使用的。",
  server_busy: "服务器繁忙，请稍后再试。",
  too_many_attempts: "尝试次数过多，请稍后再试。",
  file_empty: "文件是空的。",
  file_missing: "没有选择文件。",
  file_unsupported:
    "无法识别该类型的文件。支持 PDF、PNG、JPEG、WebP、GIF、BMP、TIFF 和 JPEG 2000。",
  file_damaged: "文件已损坏，无法读取。请重新保存或扫描。",
  file_too_large: "文件太大。请拆分或压缩后再上传。",
  too_many_pages: "页数太多。请只选择部分页面。",
  too_many_pixels: "图片像素过多。请缩小后再上传。",
  upload_timeout: "上传太慢，已中断。",
  upload_incomplete: "上传未完成，请重试。",
  password_needed: "文件已加密，请输入密码。",
  password_wrong: "密码不正确。",
  no_pages: "文档中没有页面。",
  pages_invalid: "无法理解页码范围，例如可写 1-3,7。",
  pages_out_of_range: "所选页码超出文档范围。",
  page_unreadable: "该页已损坏，无法显示。",
  engine_unreachable: "无法连接识别引擎。请检查它是否在运行。",
  engine_rejected: "识别引擎拒绝了该页。",
  engine_overloaded: "识别引擎过载，请稍后再试。",
  engine_failed: "识别引擎出错，请重试该页。",
  engine_protocol: "无法理解识别引擎的回答。",
  engine_timeout: "识别引擎长时间没有响应。",
  engine_crashed: "识别进程已退出，请重试该页。",
  document_not_found: "找不到该文档，可能已被删除。",
  job_not_found: "找不到该任务。",
  job_state_conflict: "当前状态下无法执行此操作。",
  cancelled: "已取消。",
  shutting_down: "服务器正在重启，请稍候。",
  storage_full: "服务器磁盘已满，请联系管理员。",
  quota_exceeded: "本月的页数已用完。",
};

const translations: Record<Language, Record<string, string>> = { en, zh };

/** @param detail the server's own sentence, which is English. */
export function useErrorText(): (error: unknown) => string {
  const { language } = useLanguage();
  return (error) => {
    const detail = error instanceof Error ? error.message : "";
    const known = translations[language];
    const code = codeOf(error) ?? "network";
    return known[code] ?? (detail === "" ? (known["internal"] ?? "") : detail);
  };
}

/** Of a failure that is no thrown error, such as that of a page. */
export function useFailureText(): (failure: { code: string; detail: string }) => string {
  const { language } = useLanguage();
  return ({ code, detail }) => translations[language][code] ?? detail;
}
