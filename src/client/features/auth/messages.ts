/** The words of log-in and registration. */

const en = {
  login: "Log in",
  loginLead: "Your documents are waiting.",
  register: "Make an account",
  registerLead: "A name and a password are all it takes.",
  username: "Name",
  password: "Password",
  passwordHint: "At least 8 characters.",
  repeat: "Password again",
  mismatch: "The passwords differ.",
  noAccount: "No account yet?",
  hasAccount: "Already have one?",
};

const zh: typeof en = {
  login: "登录",
  loginLead: "您的文档在等您。",
  register: "注册账号",
  registerLead: "只需用户名和密码。",
  username: "用户名",
  password: "密码",
  passwordHint: "至少 8 个字符。",
  repeat: "再次输入密码",
  mismatch: "两次输入的密码不一致。",
  noAccount: "还没有账号？",
  hasAccount: "已有账号？",
};

export const messages = { en, zh };
