import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { whenChallenged, whenSignedOut } from './api/client'
import { forget } from './api/kept'
import App from './App.vue'
import { createPages } from './router'
import { useChallenge } from './stores/challenge'
import { useSession } from './stores/session'
import './styles'
import { showTextSize } from './textSize'
import { takeCredentials } from './ticket'

// Before the router is made: a ticket must never enter its history.
const credentials = takeCredentials()

// A fresh document, so that nothing of the last customer stays in memory.
whenSignedOut(() => {
  forget()
  const { pathname, search } = window.location
  const page = `/${pathname.slice(import.meta.env.BASE_URL.length)}${search}`
  window.location.replace(`${import.meta.env.BASE_URL}sign-in?${new URLSearchParams({ page })}`)
})

showTextSize()

const app = createApp(App).use(createPinia())
whenChallenged((id) => useChallenge().ask(id))
useSession().arrival = credentials
app.use(createPages()).mount('#app')
