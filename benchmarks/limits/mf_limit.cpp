// Limit kernel: full-batch matrix factorization (rank D, double) with TracIn inflow/outflow accounting, one thread.
// Hand-written for AVX-512; the figure that generated code is held against. Input: ratings TSV user item rating ts.
// What it does: both embeddings updated from the regularised training loss; inflow against the unregularised deployment
// loss, outflow with the regularised training gradient; (user, item) pairs are unique, so nobody's own pair is shared
// through an item; no self-influence. g++ -O3 -march=native [-DD=16]. Arguments: file, steps, accounting 0 or 1.
//
// Adapted from the kernel that was written for D = 16 alone: the rank is a macro, any multiple of 8, and what was written
// out for two vectors is a loop over D/8 of them, which the compiler unrolls.
#include <cstdio>
#include <cstdlib>
#include <cmath>
#include <vector>
#include <chrono>
#include <algorithm>
#include <random>
#include <numeric>
#include <cstring>
#include <immintrin.h>
#ifndef D
#define D 16
#endif
static_assert(D % 8 == 0, "the rank is a multiple of 8");
constexpr int V = D / 8;
struct Rating { int u, i; double r; };
static double now(){ return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
struct alignas(64) Row { double v[D]; };
struct Vec { __m512d v[V]; };
static inline Vec load(const double* a){ Vec x; for(int k=0;k<V;k++)x.v[k]=_mm512_load_pd(a+8*k); return x; }
static inline void store(double* a, const Vec& x){ for(int k=0;k<V;k++)_mm512_store_pd(a+8*k,x.v[k]); }
static inline Vec zero(){ Vec x; for(int k=0;k<V;k++)x.v[k]=_mm512_setzero_pd(); return x; }
// s x + y
static inline Vec fma(__m512d s, const Vec& x, const Vec& y){ Vec z; for(int k=0;k<V;k++)z.v[k]=_mm512_fmadd_pd(s,x.v[k],y.v[k]); return z; }
static inline Vec scale(__m512d s, const Vec& x){ Vec z; for(int k=0;k<V;k++)z.v[k]=_mm512_mul_pd(s,x.v[k]); return z; }
static inline double dot(const Vec& x, const Vec& y){ __m512d s=_mm512_mul_pd(x.v[V-1],y.v[V-1]); for(int k=V-2;k>=0;k--)s=_mm512_fmadd_pd(x.v[k],y.v[k],s); return _mm512_reduce_add_pd(s); }
int main(int argc, char** argv){
  int T = argc > 2 ? atoi(argv[2]) : 1000; bool account = argc > 3 ? atoi(argv[3]) : 1;
  std::vector<Rating> all; FILE* f = fopen(argv[1], "r"); int u,i,ts; double r; int U=0,I=0;
  while (fscanf(f, "%d %d %lf %d", &u,&i,&r,&ts)==4){ all.push_back({u-1,i-1,r}); U=std::max(U,u); I=std::max(I,i);} fclose(f);
  std::mt19937 rng(1); std::shuffle(all.begin(), all.end(), rng);
  size_t n = all.size()*8/10; std::vector<Rating> tr(all.begin(), all.begin()+n), te(all.begin()+n, all.end());
  auto byUser=[](const Rating&a,const Rating&b){return a.u<b.u || (a.u==b.u && a.i<b.i);};
  std::sort(tr.begin(),tr.end(),byUser); std::sort(te.begin(),te.end(),byUser);
  std::vector<Row> P(U),Q(I),gP(U),gQ(I),hQ(I); std::vector<double> nu(U),ni(I),in(U),out(U); std::vector<double> e(tr.size()), ee(te.size());
  for(auto&z:tr){nu[z.u]++;ni[z.i]++;}
  std::normal_distribution<double> g(0,0.1*5); for(auto&x:P)for(auto&v:x.v)v=g(rng); for(auto&x:Q)for(auto&v:x.v)v=g(rng);
  double eta=0.0002, lambda=1; double t0=now();
  for(int t=0;t<T;t++){
    memset((void*)gQ.data(),0,gQ.size()*sizeof(Row));
    for(size_t a=0;a<tr.size();){ int u=tr[a].u; Vec p=load(P[u].v), s=zero();
      for(;a<tr.size()&&tr[a].u==u;a++){ Vec q=load(Q[tr[a].i].v);
        double er=dot(p,q)-tr[a].r; e[a]=er; __m512d ev=_mm512_set1_pd(er);
        s=fma(ev,q,s); double*gq=gQ[tr[a].i].v; store(gq,fma(ev,p,load(gq))); }
      store(gP[u].v,s); }
    if(account){
      memset((void*)hQ.data(),0,hQ.size()*sizeof(Row));
      for(size_t a=0;a<te.size();){ int u=te[a].u; Vec p=load(P[u].v); double acc=0;
        for(;a<te.size()&&te[a].u==u;a++){ Vec q=load(Q[te[a].i].v);
          double er=dot(p,q)-te[a].r; __m512d ev=_mm512_set1_pd(er); double*h=hQ[te[a].i].v; store(h,fma(ev,p,load(h)));
          // inflow: er * p . (gQ_i + lambda q_i)
          acc+=er*dot(p,fma(_mm512_set1_pd(lambda),q,load(gQ[te[a].i].v))); }
        in[u]+=eta*acc; }
      for(size_t a=0;a<tr.size();){ int u=tr[a].u; Vec p=load(P[u].v); double acc=0;
        for(;a<tr.size()&&tr[a].u==u;a++){ int i=tr[a].i;
          Vec d=fma(_mm512_set1_pd(e[a]),p,scale(_mm512_set1_pd(lambda/ni[i]),load(Q[i].v)));
          acc+=dot(d,load(hQ[i].v)); }
        out[u]+=eta*acc; }
    }
    __m512d ev=_mm512_set1_pd(-eta), lv=_mm512_set1_pd(1-eta*lambda);
    for(int u=0;u<U;u++)store(P[u].v,fma(ev,load(gP[u].v),scale(lv,load(P[u].v))));
    for(int i=0;i<I;i++)store(Q[i].v,fma(ev,load(gQ[i].v),scale(lv,load(Q[i].v))));
  }
  double t1=now(); double se=0; for(auto&z:te){double s=0;for(int k=0;k<D;k++)s+=P[z.u].v[k]*Q[z.i].v[k]; se+=(s-z.r)*(s-z.r);}
  printf("{\"seconds\":%.4f,\"steps\":%d,\"accounting\":%d,\"rmse\":%.4f,\"ns_per_train_rating_step\":%.3f,\"in0\":%g,\"out0\":%g}\n",t1-t0,T,(int)account,sqrt(se/te.size()),(t1-t0)/T/tr.size()*1e9,in[0],out[0]);
}
