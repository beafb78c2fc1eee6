"""WeChat's open platform; the only room that knows wechatpy."""
