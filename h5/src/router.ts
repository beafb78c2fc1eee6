import { nextTick } from 'vue'
import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { leavePage } from './api/kept'
import BenefitsPage from './pages/BenefitsPage.vue'
import CouponPage from './pages/CouponPage.vue'
import CouponsPage from './pages/CouponsPage.vue'
import LevelPage from './pages/LevelPage.vue'
import LoanPage from './pages/LoanPage.vue'
import LoanResultPage from './pages/LoanResultPage.vue'
import MallPage from './pages/MallPage.vue'
import MePage from './pages/MePage.vue'
import MessagesPage from './pages/MessagesPage.vue'
import NotFoundPage from './pages/NotFoundPage.vue'
import OffersPage from './pages/OffersPage.vue'
import PrivacyPage from './pages/PrivacyPage.vue'
import SignInPage from './pages/SignInPage.vue'
import TaskPage from './pages/TaskPage.vue'
import TasksPage from './pages/TasksPage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** One of the four pages of the bottom bar. */
    tab?: boolean
    /** Shown without a session. */
    open?: boolean
    /** Shown also to who has not agreed to the privacy text. */
    calm?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/tasks' },
  { path: '/tasks', component: TasksPage, meta: { title: '任务', tab: true } },
  { path: '/tasks/:task', component: TaskPage, props: true, meta: { title: '任务详情' } },
  { path: '/level', component: LevelPage, meta: { title: '等级', tab: true } },
  { path: '/coupons', component: CouponsPage, meta: { title: '卡券', tab: true } },
  { path: '/coupons/:id', component: CouponPage, props: true, meta: { title: '卡券详情' } },
  { path: '/coupon-offers', component: OffersPage, meta: { title: '领券中心' } },
  { path: '/benefits', component: BenefitsPage, meta: { title: '我的权益' } },
  { path: '/mall', component: MallPage, meta: { title: '权益商城' } },
  { path: '/loan', component: LoanPage, meta: { title: '借款试算' } },
  { path: '/loans/:id', component: LoanResultPage, props: true, meta: { title: '借款结果' } },
  { path: '/messages', component: MessagesPage, meta: { title: '消息' } },
  { path: '/me', component: MePage, meta: { title: '我的', tab: true } },
  { path: '/privacy', component: PrivacyPage, meta: { title: '隐私与授权', calm: true } },
  { path: '/sign-in', component: SignInPage, meta: { title: '进入任务中心', open: true } },
  { path: '/:rest(.*)*', component: NotFoundPage, meta: { title: '页面不存在', open: true } },
]

/** All pages travel in one chunk: it is small, and a page already open survives the next release. */
export function createPages(): Router {
  const router = createRouter({
    history: createWebHistory(import.meta.env.BASE_URL),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes,
  })
  router.afterEach((to, from) => {
    if (to.path !== from.path) leavePage()
    document.title = to.meta.title
    // A screen reader is told of the new page; on the first load the browser does that itself.
    if (from.matched.length && to.path !== from.path) {
      void nextTick(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }))
    }
  })
  return router
}
