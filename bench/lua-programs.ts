/** The 14 Lua programs of the comparison. Each defines `bench()`; all interpreters return the same value. */
export const PROGRAMS: readonly { readonly name: string; readonly source: string }[] = [
  {
    name: 'fib',
    source: `
local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end
function bench() return fib(22) end
`,
  },
  {
    name: 'nbody',
    source: `
local sqrt = math.sqrt
local function advance(b, n, dt) for i=1,n do local bi=b[i] local bix,biy,biz,bimass=bi.x,bi.y,bi.z,bi.mass local bivx,bivy,bivz=bi.vx,bi.vy,bi.vz
 for j=i+1,n do local bj=b[j] local dx,dy,dz=bix-bj.x,biy-bj.y,biz-bj.z local dist2=dx*dx+dy*dy+dz*dz local mag=sqrt(dist2) mag=dt/(mag*dist2) local bm=bj.mass*mag
 bivx=bivx-(dx*bm) bivy=bivy-(dy*bm) bivz=bivz-(dz*bm) bm=bimass*mag bj.vx=bj.vx+(dx*bm) bj.vy=bj.vy+(dy*bm) bj.vz=bj.vz+(dz*bm) end
 bi.vx=bivx bi.vy=bivy bi.vz=bivz bi.x=bix+dt*bivx bi.y=biy+dt*bivy bi.z=biz+dt*bivz end end
function bench() local b = {} for i=1,5 do b[i]={x=i*1.5,y=i*0.7,z=i*0.3,vx=i*0.1,vy=0.2,vz=0.3*i,mass=i*0.01} end for i=1,1000 do advance(b,5,0.01) end return b[1].x end
`,
  },
  {
    name: 'spectral',
    source: `
local function A(i,j) local ij=i+j-1 return 1.0/(ij*(ij-1)*0.5+i) end
local function Av(x,y,N) for i=1,N do local a=0 for j=1,N do a=a+x[j]*A(i,j) end y[i]=a end end
local function Atv(x,y,N) for i=1,N do local a=0 for j=1,N do a=a+x[j]*A(j,i) end y[i]=a end end
function bench() local N=50 local u,v,t={}, {}, {} for i=1,N do u[i]=1 end for i=1,5 do Av(u,t,N) Atv(t,v,N) Av(v,t,N) Atv(t,u,N) end local vBv,vv=0,0 for i=1,N do local ui,vi=u[i],v[i] vBv=vBv+ui*vi vv=vv+vi*vi end return math.sqrt(vBv/vv) end
`,
  },
  {
    name: 'concat',
    source: `
function bench() local n=0 for r=1,20 do local t={} for i=1,1000 do t[#t+1]="item "..i..";" end n=n+#table.concat(t) local s="" for i=1,200 do s=s.."x"..i end n=n+#s end return n end
`,
  },
  {
    name: 'format',
    source: `
function bench() local n=0 for i=1,10000 do n=n+#string.format("%d %5.2f %s %x", i, i/3, "abc", i) end return n end
`,
  },
  {
    name: 'pattern',
    source: `
local text = ("key1=value1; key2 = value two; 12:34:56 foo@bar.com "):rep(20)
function bench() local n=0 for r=1,10 do for k,v in text:gmatch("(%w+)%s*=%s*([^;]+)") do n=n+#k+#v end n=n+select(2,text:gsub("%d+","#")) n=n+(text:find("nothing here",1,true) or 1) local a,b=text:find("(%w+)@(%w+)%.com") n=n+a end return n end
`,
  },
  {
    name: 'table',
    source: `
function bench() local t={} for i=1,5000 do table.insert(t,(i*7919)%5003) end table.sort(t) local s=0 for i,v in ipairs(t) do s=s+i*v end for i=1,2000 do table.remove(t) end for k,v in pairs(t) do s=s+v end return s end
`,
  },
  {
    name: 'closure',
    source: `
function bench() local s=0 local function mk(i) local c=i return function(x) c=c+x return c end end for i=1,5000 do local f=mk(i) s=s+f(1)+f(2) end return s end
`,
  },
  {
    name: 'method',
    source: `
local P={} P.__index=P function P.new(x) return setmetatable({x=x,y=0},P) end function P:add(n) self.x=self.x+n return self end function P:get() return self.x end
local Q=setmetatable({},{__index=P}) Q.__index=Q
function bench() local o=P.new(1) local q=setmetatable({x=2,y=1},Q) local s=0 for i=1,20000 do o:add(i) s=s+o:get() q:add(1) end return s+q:get() end
`,
  },
  {
    name: 'coro',
    source: `
function bench() local s=0 for r=1,10 do local co=coroutine.wrap(function() for i=1,1000 do coroutine.yield(i) end return 0 end) for i=1,1000 do s=s+co() end end return s end
`,
  },
  {
    name: 'bytes',
    source: `
function bench() local n=0 for i=1,20000 do local s=string.char(i%256,(i*7)%256,65) n=n+s:byte(1)+s:byte(3) if s:sub(2,3)=="xA" then n=n+1 end end return n end
`,
  },
  {
    name: 'numfor',
    source: `
function bench() local s=0 for i=1,1000000 do s=s+i%7*2 end return s end
`,
  },
  {
    name: 'sieve',
    source: `
function bench() local n=10000 local f={} for i=2,n do f[i]=true end for i=2,n do if f[i] then for k=i*i,n,i do f[k]=false end end end local c=0 for i=2,n do if f[i] then c=c+1 end end return c end
`,
  },
  {
    name: 'strkeys',
    source: `
local names={} for i=1,100 do names[i]="key"..i end
function bench() local t={} for r=1,20 do for i=1,100 do local k=names[i] t[k]=(t[k] or 0)+r end end local s=0 for k,v in pairs(t) do s=s+v end return s end
`,
  },
];
