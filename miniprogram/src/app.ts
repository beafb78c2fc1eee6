import { announce } from '@/state/announce'
import { start, stop } from '@/state/live'

App({
  onLaunch() {
    announce()
  },
  onShow() {
    start()
  },
  onHide() {
    stop()
  },
})
